// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#if defined(__GNUC__) && !defined(__clang__)
// The intrinsics headers of GCC 12 themselves trigger this warning (bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

#include "nn/cpu/kernels/avx2/sixteen_i16.h"
#include "nn/cpu/kernels/tiles_elements.h"

namespace inloop::nn {
namespace {

struct ThirtyTwoI16 {
  using Vector = __m512i;
  static constexpr int kLanes = 32;
  static INLINE Vector load(const int16_t* at) { return _mm512_loadu_si512(at); }
  static INLINE void store(int16_t* at, Vector v) { _mm512_storeu_si512(at, v); }
  static INLINE Vector set_int16(int v) { return _mm512_set1_epi16((int16_t)v); }
  static INLINE Vector set_int32(int v) { return _mm512_set1_epi32(v); }
  static INLINE Vector set_pair(int low, int high) { return _mm512_set1_epi32((low & 0xffff) | high << 16); }
  static INLINE Vector interleave_low(Vector a, Vector b) { return _mm512_unpacklo_epi16(a, b); }
  static INLINE Vector interleave_high(Vector a, Vector b) { return _mm512_unpackhi_epi16(a, b); }
  static INLINE Vector pack(Vector low, Vector high) { return _mm512_packs_epi32(low, high); }
  static INLINE Vector multiply_pairs(Vector a, Vector b) { return _mm512_madd_epi16(a, b); }
  static INLINE Vector join_pairs(Vector a, Vector b) {
    return _mm512_mask_blend_epi16(0xaaaaaaaa, a, _mm512_slli_epi32(b, 16));
  }
  template <int Bits>
  static INLINE Vector shift_right(Vector v) {
    return _mm512_srai_epi32(v, Bits);
  }
  static INLINE Vector add_int32(Vector a, Vector b) { return _mm512_add_epi32(a, b); }
  static INLINE Vector bit_and(Vector a, Vector b) { return _mm512_and_si512(a, b); }
  static INLINE Vector max(Vector a, Vector b) { return _mm512_max_epi16(a, b); }

  static INLINE Vector in_table(const int16_t* knots, int shift, const int16_t* x) {
    const __m256i low = half_in_table(knots, shift, x), high = half_in_table(knots, shift, x + 16);
    return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
  }

 private:
  static INLINE __m256i half_in_table(const int16_t* knots, int shift, const int16_t* x) {
    const __m128i bits = _mm_cvtsi32_si128(shift);
    const __m512i position = _mm512_add_epi32(_mm512_cvtepi16_epi32(SixteenI16::load(x)), set_int32(32768));
    const __m512i rest = bit_and(position, set_int32((1 << shift) - 1));
    const __m512i knot = _mm512_i32gather_epi32(_mm512_srl_epi32(position, bits), knots, 2);
    const __m512i weights = join_pairs(_mm512_sub_epi32(set_int32(1 << shift), rest), rest);
    return _mm512_cvtepi32_epi16(_mm512_sra_epi32(multiply_pairs(knot, weights), bits));
  }
};

}  // namespace

void fill_avx512_elements(KernelTable& table) {
  table.bilinear_row_i16 = bilinear_row_i16<ThirtyTwoI16, SixteenI16, EightI16>;
  table.bilinear_row_f32 = bilinear_row_f32;
  table.table_i16 = table_i16<ThirtyTwoI16>;
}

}  // namespace inloop::nn
