// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <immintrin.h>

#include "nn/cpu/kernels/tiles_i16.h"

// Vectors of 256 and 128 bits for tiles_i16.h.
namespace inloop::nn {
namespace {

struct Eight {
  using Vector = __m128i;
  static constexpr int kChannels = 8;
  static INLINE Vector load(const int16_t* at) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  }
  static INLINE void store(int16_t* at, Vector v) { _mm_storeu_si128(reinterpret_cast<__m128i*>(at), v); }
  static INLINE Vector all(int16_t v) { return _mm_set1_epi16(v); }
  static INLINE Vector max(Vector a, Vector b) { return _mm_max_epi16(a, b); }
  static INLINE Vector min(Vector a, Vector b) { return _mm_min_epi16(a, b); }
  static INLINE Vector add(Vector a, Vector b) { return _mm_add_epi16(a, b); }
  static INLINE Vector sub(Vector a, Vector b) { return _mm_sub_epi16(a, b); }
  static INLINE Vector adds(Vector a, Vector b) { return _mm_adds_epi16(a, b); }
  static INLINE Vector mulhi(Vector a, Vector b) { return _mm_mulhi_epi16(a, b); }
  static INLINE Vector mullo(Vector a, Vector b) { return _mm_mullo_epi16(a, b); }
  static INLINE Vector sra(Vector a, int n) { return _mm_sra_epi16(a, _mm_cvtsi32_si128(n)); }
  static INLINE Vector load_sums(const int32_t* at) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  }
  static INLINE Vector interleave_low(Vector a, Vector b) { return _mm_unpacklo_epi16(a, b); }
  static INLINE Vector interleave_high(Vector a, Vector b) { return _mm_unpackhi_epi16(a, b); }
  static INLINE Vector upper(Vector a) { return _mm_slli_epi32(a, 16); }
  static INLINE Vector lower(Vector a) { return _mm_srli_epi32(a, 16); }
  static INLINE Vector either(Vector a, Vector b) { return _mm_or_si128(a, b); }
  // Intel's cores shift by a vector of counts in one operation, by a single count in two.
  static INLINE Vector pack(Vector low, Vector high, int shift) {
    const Vector n = _mm_set1_epi32(shift);
    return _mm_packs_epi32(_mm_srav_epi32(low, n), _mm_srav_epi32(high, n));
  }
};

struct Sixteen {
  using Vector = __m256i;
  static constexpr int kChannels = 16;
  static INLINE Vector load(const int16_t* at) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
  }
  static INLINE void store(int16_t* at, Vector v) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(at), v); }
  static INLINE Vector all(int16_t v) { return _mm256_set1_epi16(v); }
  static INLINE Vector max(Vector a, Vector b) { return _mm256_max_epi16(a, b); }
  static INLINE Vector min(Vector a, Vector b) { return _mm256_min_epi16(a, b); }
  static INLINE Vector add(Vector a, Vector b) { return _mm256_add_epi16(a, b); }
  static INLINE Vector sub(Vector a, Vector b) { return _mm256_sub_epi16(a, b); }
  static INLINE Vector adds(Vector a, Vector b) { return _mm256_adds_epi16(a, b); }
  static INLINE Vector mulhi(Vector a, Vector b) { return _mm256_mulhi_epi16(a, b); }
  static INLINE Vector mullo(Vector a, Vector b) { return _mm256_mullo_epi16(a, b); }
  static INLINE Vector sra(Vector a, int n) { return _mm256_sra_epi16(a, _mm_cvtsi32_si128(n)); }
  static INLINE Vector load_sums(const int32_t* at) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
  }
  static INLINE Vector interleave_low(Vector a, Vector b) { return _mm256_unpacklo_epi16(a, b); }
  static INLINE Vector interleave_high(Vector a, Vector b) { return _mm256_unpackhi_epi16(a, b); }
  static INLINE Vector upper(Vector a) { return _mm256_slli_epi32(a, 16); }
  static INLINE Vector lower(Vector a) { return _mm256_srli_epi32(a, 16); }
  static INLINE Vector either(Vector a, Vector b) { return _mm256_or_si256(a, b); }
  static INLINE Vector pack(Vector low, Vector high, int shift) {
    const Vector n = _mm256_set1_epi32(shift);
    return _mm256_packs_epi32(_mm256_srav_epi32(low, n), _mm256_srav_epi32(high, n));
  }
};

struct EightSums {
  using Sum = __m256i;
  using Weights = __m256i;
  using Pair = Sixteen;
  using Single = Eight;
  static constexpr int kLanes = 8;
  static INLINE Sum load(const int32_t* at) { return Sixteen::load_sums(at); }
  static INLINE void store(int32_t* at, Sum v) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(at), v); }
  static INLINE Sum add(Sum a, Sum b) { return _mm256_add_epi32(a, b); }
  static INLINE Sum sub(Sum a, Sum b) { return _mm256_sub_epi32(a, b); }
  static INLINE Weights load_weights(const int16_t* at) { return Sixteen::load(at); }
  static INLINE Sum broadcast(const int16_t* pair) {
    int32_t both;
    __builtin_memcpy(&both, pair, sizeof both);
    return _mm256_set1_epi32(both);
  }
  static INLINE __m256i pack(Sum low, Sum high, int shift) { return Sixteen::pack(low, high, shift); }
  static INLINE __m128i pack(Sum sum, int shift) {
    return Eight::pack(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1), shift);
  }
};

}  // namespace
}  // namespace inloop::nn
