// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <immintrin.h>
#include <stdint.h>

// AVX2 building blocks for Hadamard transforms of differences. They work on 16-bit lanes: all stages except
// the last grow a 10-bit difference to 15 bits at most. The last stage is never computed, because |p + q| +
// |p - q| = 2 max(|p|, |q|). The sums are therefore half of the sum of absolute coefficients.
namespace inloop {
namespace {

inline uint32_t sum_epi32(__m256i v) {
  __m128i sum = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
  sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0x4e));
  sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0xb1));
  return static_cast<uint32_t>(_mm_cvtsi128_si32(sum));
}

inline __m256i max_abs(__m256i p, __m256i q) {
  return _mm256_max_epi16(_mm256_abs_epi16(p), _mm256_abs_epi16(q));
}

inline void butterfly(__m256i& p, __m256i& q) {
  const __m256i sum = _mm256_add_epi16(p, q);
  q = _mm256_sub_epi16(p, q);
  p = sum;
}

// Returns the SATD of an 8x8 tile of differences. d[y] holds rows y and y + 4, so that the stage across the
// lanes comes last.
inline uint32_t satd8_tile(__m256i* d) {
  butterfly(d[0], d[2]), butterfly(d[1], d[3]);
  butterfly(d[0], d[1]), butterfly(d[2], d[3]);
  const __m256i t0 = _mm256_unpacklo_epi16(d[0], d[1]), t1 = _mm256_unpackhi_epi16(d[0], d[1]);
  const __m256i t2 = _mm256_unpacklo_epi16(d[2], d[3]), t3 = _mm256_unpackhi_epi16(d[2], d[3]);
  // Each half of a lane holds one column: (0, 1), (2, 3), (4, 5), (6, 7).
  __m256i c[4] = {_mm256_unpacklo_epi32(t0, t2), _mm256_unpackhi_epi32(t0, t2), _mm256_unpacklo_epi32(t1, t3),
                  _mm256_unpackhi_epi32(t1, t3)};
  butterfly(c[0], c[2]), butterfly(c[1], c[3]);
  butterfly(c[0], c[1]), butterfly(c[2], c[3]);
  __m256i sum = _mm256_setzero_si256();
  for (int i = 0; i < 4; i += 2) {
    __m256i even = _mm256_unpacklo_epi64(c[i], c[i + 1]), odd = _mm256_unpackhi_epi64(c[i], c[i + 1]);
    butterfly(even, odd);
    const __m256i largest =
        max_abs(_mm256_permute2x128_si256(even, odd, 0x20), _mm256_permute2x128_si256(even, odd, 0x31));
    sum = _mm256_add_epi32(sum, _mm256_madd_epi16(largest, _mm256_set1_epi16(1)));
  }
  return (sum_epi32(sum) + 1) >> 1;
}

}  // namespace
}  // namespace inloop
