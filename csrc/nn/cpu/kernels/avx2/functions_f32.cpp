// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <immintrin.h>

#include "nn/cpu/kernels/tiles_functions.h"

namespace inloop::nn {
namespace {

struct Eight {
  using Vector = __m256;
  static constexpr int kLanes = 8;
  static INLINE Vector set(float v) { return _mm256_set1_ps(v); }
  static INLINE Vector load(const float* at) { return _mm256_loadu_ps(at); }
  static INLINE void store(float* at, Vector v) { _mm256_storeu_ps(at, v); }
  static INLINE Vector add(Vector a, Vector b) { return _mm256_add_ps(a, b); }
  static INLINE Vector subtract(Vector a, Vector b) { return _mm256_sub_ps(a, b); }
  static INLINE Vector multiply(Vector a, Vector b) { return _mm256_mul_ps(a, b); }
  static INLINE Vector divide(Vector a, Vector b) { return _mm256_div_ps(a, b); }
  static INLINE Vector min(Vector a, Vector b) { return _mm256_min_ps(a, b); }
  static INLINE Vector max(Vector a, Vector b) { return _mm256_max_ps(a, b); }
  static INLINE Vector multiply_add(Vector a, Vector b, Vector c) { return _mm256_fmadd_ps(a, b, c); }
  static INLINE Vector round(Vector v) {
    return _mm256_round_ps(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  }
  // 2^v of whole numbers from -126 to 127.
  static INLINE Vector power_of_two(Vector v) {
    const __m256i exponent = _mm256_add_epi32(_mm256_cvtps_epi32(v), _mm256_set1_epi32(127));
    return _mm256_castsi256_ps(_mm256_slli_epi32(exponent, 23));
  }
  static INLINE Vector sign_bit() { return _mm256_set1_ps(-0.0f); }
  static INLINE Vector magnitude(Vector v) { return _mm256_andnot_ps(sign_bit(), v); }
  static INLINE Vector with_sign_of(Vector v, Vector sign) {
    return _mm256_or_ps(magnitude(v), _mm256_and_ps(sign_bit(), sign));
  }
  // Returns a where v < limit, else b.
  static INLINE Vector choose_below(Vector v, Vector limit, Vector a, Vector b) {
    return _mm256_blendv_ps(b, a, _mm256_cmp_ps(v, limit, _CMP_LT_OQ));
  }
};

}  // namespace

void fill_avx2_functions(KernelTable& table) { table.function_f32 = function_f32<Eight>; }

}  // namespace inloop::nn
