// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <immintrin.h>

#include "nn/cpu/kernels/tiles_unroll.h"

namespace inloop::nn {
namespace {

// Eight numbers of 16 bits. Interleaving and packing are each other's inverse.
struct EightI16 {
  using Vector = __m128i;
  static constexpr int kLanes = 8;
  static INLINE Vector load(const int16_t* at) { return _mm_loadu_si128((const __m128i*)at); }
  static INLINE void store(int16_t* at, Vector v) { _mm_storeu_si128((__m128i*)at, v); }
  static INLINE Vector set_int16(int v) { return _mm_set1_epi16((int16_t)v); }
  static INLINE Vector set_int32(int v) { return _mm_set1_epi32(v); }
  static INLINE Vector set_pair(int low, int high) { return _mm_set1_epi32((low & 0xffff) | high << 16); }
  static INLINE Vector interleave_low(Vector a, Vector b) { return _mm_unpacklo_epi16(a, b); }
  static INLINE Vector interleave_high(Vector a, Vector b) { return _mm_unpackhi_epi16(a, b); }
  static INLINE Vector pack(Vector low, Vector high) { return _mm_packs_epi32(low, high); }
  static INLINE Vector multiply_pairs(Vector a, Vector b) { return _mm_madd_epi16(a, b); }
  // The low halves of a's and b's numbers of 32 bits side by side.
  static INLINE Vector join_pairs(Vector a, Vector b) {
    return _mm_blend_epi16(a, _mm_slli_epi32(b, 16), 0xaa);
  }
  template <int Bits>
  static INLINE Vector shift_right(Vector v) {
    return _mm_srai_epi32(v, Bits);
  }
  static INLINE Vector add_int32(Vector a, Vector b) { return _mm_add_epi32(a, b); }
  static INLINE Vector bit_and(Vector a, Vector b) { return _mm_and_si128(a, b); }
  static INLINE Vector max(Vector a, Vector b) { return _mm_max_epi16(a, b); }
};

struct SixteenI16 {
  using Vector = __m256i;
  static constexpr int kLanes = 16;
  static INLINE Vector load(const int16_t* at) { return _mm256_loadu_si256((const __m256i*)at); }
  static INLINE void store(int16_t* at, Vector v) { _mm256_storeu_si256((__m256i*)at, v); }
  static INLINE Vector set_int16(int v) { return _mm256_set1_epi16((int16_t)v); }
  static INLINE Vector set_int32(int v) { return _mm256_set1_epi32(v); }
  static INLINE Vector set_pair(int low, int high) { return _mm256_set1_epi32((low & 0xffff) | high << 16); }
  static INLINE Vector interleave_low(Vector a, Vector b) { return _mm256_unpacklo_epi16(a, b); }
  static INLINE Vector interleave_high(Vector a, Vector b) { return _mm256_unpackhi_epi16(a, b); }
  static INLINE Vector pack(Vector low, Vector high) { return _mm256_packs_epi32(low, high); }
  static INLINE Vector multiply_pairs(Vector a, Vector b) { return _mm256_madd_epi16(a, b); }
  static INLINE Vector join_pairs(Vector a, Vector b) {
    return _mm256_blend_epi16(a, _mm256_slli_epi32(b, 16), 0xaa);
  }
  template <int Bits>
  static INLINE Vector shift_right(Vector v) {
    return _mm256_srai_epi32(v, Bits);
  }
  static INLINE Vector add_int32(Vector a, Vector b) { return _mm256_add_epi32(a, b); }
  static INLINE Vector bit_and(Vector a, Vector b) { return _mm256_and_si256(a, b); }
  static INLINE Vector max(Vector a, Vector b) { return _mm256_max_epi16(a, b); }

  static INLINE Vector in_table(const int16_t* knots, int shift, const int16_t* x) {
    const __m256i low = half_in_table(knots, shift, x), high = half_in_table(knots, shift, x + 8);
    return _mm256_permute4x64_epi64(_mm256_packs_epi32(low, high), 0xd8);
  }

 private:
  static INLINE Vector half_in_table(const int16_t* knots, int shift, const int16_t* x) {
    const __m128i bits = _mm_cvtsi32_si128(shift);
    const __m256i size = set_int32(1 << shift);
    const __m256i position = _mm256_add_epi32(_mm256_cvtepi16_epi32(EightI16::load(x)), set_int32(32768));
    const __m256i rest = _mm256_and_si256(position, set_int32((1 << shift) - 1));
    const __m256i knot = _mm256_i32gather_epi32((const int*)knots, _mm256_srl_epi32(position, bits), 2);
    return _mm256_sra_epi32(multiply_pairs(knot, join_pairs(_mm256_sub_epi32(size, rest), rest)), bits);
  }
};

}  // namespace
}  // namespace inloop::nn
