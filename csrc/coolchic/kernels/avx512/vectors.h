// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <immintrin.h>
#include <stdint.h>

#include "coolchic/kernels/tiles_lanes.h"

namespace inloop::coolchic {
namespace {

struct VectorTypes {
  using F = __m512;
  using I = __m512i;
};
struct DoubleVectorTypes {
  using F = __m512d;
  using I = __m256i;
};

// Vectors of sixteen floats or 32-bit integers.
struct Vectors : Lanes<VectorTypes> {
  static constexpr int lanes = 16;

  static F load(const float* p) { return _mm512_loadu_ps(p); }
  static void store(float* p, F v) { _mm512_storeu_ps(p, v); }
  static F set(float v) { return _mm512_set1_ps(v); }
  // These return the second operand where either is NaN.
  static F maximum(F a, F b) { return _mm512_max_ps(a, b); }
  static F minimum(F a, F b) { return _mm512_min_ps(a, b); }
  static F positive_or(F a, F otherwise) {
    return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(a, _mm512_setzero_ps(), _CMP_GT_OQ), otherwise, a);
  }
  static F iota() { return _mm512_setr_ps(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15); }
  static I truncated(F v) { return _mm512_cvttps_epi32(v); }
  static void store_interleaved(float* p, F even, F odd) {
    const I low = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const I high = _mm512_setr_epi32(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    store(p, _mm512_permutex2var_ps(even, low, odd));
    store(p + lanes, _mm512_permutex2var_ps(even, high, odd));
  }
  static void store_samples(uint16_t* p, F v) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), _mm512_cvtepi32_epi16(_mm512_cvtps_epi32(v)));
  }
  static void store_samples(uint8_t* p, F v) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm512_cvtepi32_epi8(_mm512_cvtps_epi32(v)));
  }

  static I set_int(int32_t v) { return _mm512_set1_epi32(v); }
  static I load_int(const int32_t* p) { return _mm512_loadu_si512(p); }
  static void store_int(int32_t* p, I v) { _mm512_storeu_si512(p, v); }
  static I min_int(I a, I b) { return _mm512_min_epi32(a, b); }
  static I max_int(I a, I b) { return _mm512_max_epi32(a, b); }
  template <int n>
  static I shift_left_16(I v) {
    return _mm512_slli_epi16(v, n);
  }
  static I load_16(const int16_t* p) {
    return _mm512_cvtepi16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
  }
  static I load_16_unsigned(const int16_t* p) {
    return _mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
  }
  // Gathers 32 bits each: a sample, its right neighbour and, if they are bytes, two more.
  static I gather_pairs(const uint16_t* samples, I index) {
    return _mm512_i32gather_epi32(index, samples, 2);
  }
  static I gather_pairs(const uint8_t* samples, I index) { return _mm512_i32gather_epi32(index, samples, 1); }
  static I multiply_pairs_add(I sum, I a, I b) { return _mm512_dpwssd_epi32(sum, a, b); }
  static bool any_above(I v, int32_t limit) { return _mm512_cmpgt_epi32_mask(v, set_int(limit)) != 0; }
};

// Vectors of eight doubles, with as many 32-bit integers.
struct DoubleVectors : Lanes<DoubleVectorTypes> {
  using Mask = __mmask8;
  static constexpr int lanes = 8;

  static F set(double v) { return _mm512_set1_pd(v); }
  static F minimum(F a, F b) { return _mm512_min_pd(a, b); }
  static F absolute(F a) { return _mm512_abs_pd(a); }
  static Mask above(F a, F b) { return _mm512_cmp_pd_mask(a, b, _CMP_GT_OQ); }
  static Mask equal(F a, F b) { return _mm512_cmp_pd_mask(a, b, _CMP_EQ_OQ); }
  static Mask either(Mask a, Mask b) { return static_cast<Mask>(a | b); }
  static F select(Mask mask, F yes, F no) { return _mm512_mask_blend_pd(mask, no, yes); }
  static Mask select_mask(Mask mask, Mask yes, Mask no) {
    return static_cast<Mask>((mask & yes) | (~mask & no));
  }
  // Returns 2^-v for whole numbers.
  static F power_of_half(F v) {
    const __m512i exponent =
        _mm512_cvtepi32_epi64(_mm256_sub_epi32(_mm256_set1_epi32(1023), _mm512_cvtpd_epi32(v)));
    return _mm512_castsi512_pd(_mm512_slli_epi64(exponent, 52));
  }
  static I truncated(F v) { return _mm512_cvttpd_epi32(v); }

  static I set_int(int32_t v) { return _mm256_set1_epi32(v); }
  static I load_int(const int32_t* p) { return _mm256_loadu_si256(reinterpret_cast<const I*>(p)); }
  static void store_int(int32_t* p, I v) { _mm256_storeu_si256(reinterpret_cast<I*>(p), v); }
  static I min_int(I a, I b) { return _mm256_min_epi32(a, b); }
  static I max_int(I a, I b) { return _mm256_max_epi32(a, b); }
  static I gather(const int32_t* table, I index) { return _mm256_i32gather_epi32(table, index, 4); }
  // Returns `yes` where a > b, else `no`.
  static I select_above(I a, I b, I yes, I no) {
    return _mm256_blendv_epi8(no, yes, _mm256_cmpgt_epi32(a, b));
  }
  static I select(Mask mask, I yes, I no) { return _mm256_mask_blend_epi32(mask, no, yes); }
};

}  // namespace
}  // namespace inloop::coolchic
