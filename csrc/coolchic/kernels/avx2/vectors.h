// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <immintrin.h>
#include <stdint.h>

#include "coolchic/kernels/tiles_lanes.h"

namespace inloop::coolchic {
namespace {

struct VectorTypes {
  using F = __m256;
  using I = __m256i;
};
struct DoubleVectorTypes {
  using F = __m256d;
  using I = __m128i;
};

// Vectors of eight floats or 32-bit integers.
struct Vectors : Lanes<VectorTypes> {
  static constexpr int lanes = 8;

  static F load(const float* p) { return _mm256_loadu_ps(p); }
  static void store(float* p, F v) { _mm256_storeu_ps(p, v); }
  static F set(float v) { return _mm256_set1_ps(v); }
  // These return the second operand where either is NaN.
  static F maximum(F a, F b) { return _mm256_max_ps(a, b); }
  static F minimum(F a, F b) { return _mm256_min_ps(a, b); }
  static F positive_or(F a, F otherwise) {
    return _mm256_blendv_ps(otherwise, a, _mm256_cmp_ps(a, _mm256_setzero_ps(), _CMP_GT_OQ));
  }
  static F iota() { return _mm256_setr_ps(0, 1, 2, 3, 4, 5, 6, 7); }
  static I truncated(F v) { return _mm256_cvttps_epi32(v); }
  static void store_interleaved(float* p, F even, F odd) {
    const F low = _mm256_unpacklo_ps(even, odd), high = _mm256_unpackhi_ps(even, odd);
    store(p, _mm256_permute2f128_ps(low, high, 0x20));
    store(p + lanes, _mm256_permute2f128_ps(low, high, 0x31));
  }
  static __m128i words_of(F v) {
    const I whole = _mm256_cvtps_epi32(v);
    return _mm_packus_epi32(_mm256_castsi256_si128(whole), _mm256_extracti128_si256(whole, 1));
  }
  static void store_samples(uint16_t* p, F v) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), words_of(v));
  }
  static void store_samples(uint8_t* p, F v) {
    const __m128i words = words_of(v);
    _mm_storel_epi64(reinterpret_cast<__m128i*>(p), _mm_packus_epi16(words, words));
  }

  static I set_int(int32_t v) { return _mm256_set1_epi32(v); }
  static I load_int(const int32_t* p) { return _mm256_loadu_si256(reinterpret_cast<const I*>(p)); }
  static void store_int(int32_t* p, I v) { _mm256_storeu_si256(reinterpret_cast<I*>(p), v); }
  static I min_int(I a, I b) { return _mm256_min_epi32(a, b); }
  static I max_int(I a, I b) { return _mm256_max_epi32(a, b); }
  template <int n>
  static I shift_left_16(I v) {
    return _mm256_slli_epi16(v, n);
  }
  static I load_16(const int16_t* p) {
    return _mm256_cvtepi16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  }
  static I load_16_unsigned(const int16_t* p) {
    return _mm256_cvtepu16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  }
  // Gathers 32 bits each: a sample, its right neighbour and, if they are bytes, two more.
  static I gather_pairs(const uint16_t* samples, I index) {
    return _mm256_i32gather_epi32(reinterpret_cast<const int*>(samples), index, 2);
  }
  static I gather_pairs(const uint8_t* samples, I index) {
    return _mm256_i32gather_epi32(reinterpret_cast<const int*>(samples), index, 1);
  }
  static I multiply_pairs_add(I sum, I a, I b) { return _mm256_add_epi32(sum, _mm256_madd_epi16(a, b)); }
  static bool any_above(I v, int32_t limit) {
    return _mm256_movemask_epi8(_mm256_cmpgt_epi32(v, set_int(limit))) != 0;
  }
};

// Vectors of four doubles, with as many 32-bit integers.
struct DoubleVectors : Lanes<DoubleVectorTypes> {
  using Mask = __m256d;
  static constexpr int lanes = 4;

  static F set(double v) { return _mm256_set1_pd(v); }
  static F minimum(F a, F b) { return _mm256_min_pd(a, b); }
  static F absolute(F a) { return _mm256_andnot_pd(set(-0.0), a); }
  static Mask above(F a, F b) { return _mm256_cmp_pd(a, b, _CMP_GT_OQ); }
  static Mask equal(F a, F b) { return _mm256_cmp_pd(a, b, _CMP_EQ_OQ); }
  static Mask either(Mask a, Mask b) { return _mm256_or_pd(a, b); }
  static F select(Mask mask, F yes, F no) { return _mm256_blendv_pd(no, yes, mask); }
  static Mask select_mask(Mask mask, Mask yes, Mask no) { return _mm256_blendv_pd(no, yes, mask); }
  // Returns 2^-v for whole numbers.
  static F power_of_half(F v) {
    const __m256i exponent =
        _mm256_cvtepi32_epi64(_mm_sub_epi32(_mm_set1_epi32(1023), _mm256_cvtpd_epi32(v)));
    return _mm256_castsi256_pd(_mm256_slli_epi64(exponent, 52));
  }
  static I truncated(F v) { return _mm256_cvttpd_epi32(v); }

  static I set_int(int32_t v) { return _mm_set1_epi32(v); }
  static I load_int(const int32_t* p) { return _mm_loadu_si128(reinterpret_cast<const I*>(p)); }
  static void store_int(int32_t* p, I v) { _mm_storeu_si128(reinterpret_cast<I*>(p), v); }
  static I min_int(I a, I b) { return _mm_min_epi32(a, b); }
  static I max_int(I a, I b) { return _mm_max_epi32(a, b); }
  static I gather(const int32_t* table, I index) { return _mm_i32gather_epi32(table, index, 4); }
  // Returns `yes` where a > b, else `no`.
  static I select_above(I a, I b, I yes, I no) { return _mm_blendv_epi8(no, yes, _mm_cmpgt_epi32(a, b)); }
  static I select(Mask mask, I yes, I no) {
    const __m256 words = _mm256_castpd_ps(mask);
    const __m128 narrow =
        _mm_shuffle_ps(_mm256_castps256_ps128(words), _mm256_extractf128_ps(words, 1), 0x88);
    return _mm_blendv_epi8(no, yes, _mm_castps_si128(narrow));
  }
};

}  // namespace
}  // namespace inloop::coolchic
