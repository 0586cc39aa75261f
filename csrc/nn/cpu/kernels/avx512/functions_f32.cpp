// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#if defined(__GNUC__) && !defined(__clang__)
// The intrinsics headers of GCC 12 themselves trigger this warning (bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

#include "nn/cpu/kernels/tiles_functions.h"

namespace inloop::nn {
namespace {

struct Sixteen {
  using Vector = __m512;
  static constexpr int kLanes = 16;
  static INLINE Vector set(float v) { return _mm512_set1_ps(v); }
  static INLINE Vector load(const float* at) { return _mm512_loadu_ps(at); }
  static INLINE void store(float* at, Vector v) { _mm512_storeu_ps(at, v); }
  static INLINE Vector add(Vector a, Vector b) { return _mm512_add_ps(a, b); }
  static INLINE Vector subtract(Vector a, Vector b) { return _mm512_sub_ps(a, b); }
  static INLINE Vector multiply(Vector a, Vector b) { return _mm512_mul_ps(a, b); }
  static INLINE Vector divide(Vector a, Vector b) { return _mm512_div_ps(a, b); }
  static INLINE Vector min(Vector a, Vector b) { return _mm512_min_ps(a, b); }
  static INLINE Vector max(Vector a, Vector b) { return _mm512_max_ps(a, b); }
  static INLINE Vector multiply_add(Vector a, Vector b, Vector c) { return _mm512_fmadd_ps(a, b, c); }
  static INLINE Vector round(Vector v) {
    return _mm512_roundscale_ps(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  }
  // 2^v of whole numbers from -126 to 127.
  static INLINE Vector power_of_two(Vector v) {
    const __m512i exponent = _mm512_add_epi32(_mm512_cvtps_epi32(v), _mm512_set1_epi32(127));
    return _mm512_castsi512_ps(_mm512_slli_epi32(exponent, 23));
  }
  static INLINE Vector sign_bit() { return _mm512_set1_ps(-0.0f); }
  static INLINE Vector magnitude(Vector v) { return _mm512_andnot_ps(sign_bit(), v); }
  static INLINE Vector with_sign_of(Vector v, Vector sign) {
    return _mm512_or_ps(magnitude(v), _mm512_and_ps(sign_bit(), sign));
  }
  // Returns a where v < limit, else b.
  static INLINE Vector choose_below(Vector v, Vector limit, Vector a, Vector b) {
    return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(v, limit, _CMP_LT_OQ), b, a);
  }
};

}  // namespace

void fill_avx512_functions(KernelTable& table) { table.function_f32 = function_f32<Sixteen>; }

}  // namespace inloop::nn
