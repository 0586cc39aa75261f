// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <immintrin.h>

#include "analysis/kernels/table.h"

namespace inloop::analysis {
namespace {

__m128i load64(const uint8_t* p) { return _mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)); }

__m128i two_rows(const uint8_t* p, ptrdiff_t stride) {
  return _mm_unpacklo_epi64(load64(p), load64(p + stride));
}

uint32_t sad8x8(const uint8_t* a, ptrdiff_t a_stride, const uint8_t* b, ptrdiff_t b_stride) {
  __m128i sum = _mm_setzero_si128();
  for (int y = 0; y < 8; y += 2, a += 2 * a_stride, b += 2 * b_stride) {
    sum = _mm_add_epi32(sum, _mm_sad_epu8(two_rows(a, a_stride), two_rows(b, b_stride)));
  }
  return static_cast<uint32_t>(_mm_cvtsi128_si32(sum) + _mm_extract_epi32(sum, 2));
}

void butterfly(__m256i& p, __m256i& q) {
  const __m256i sum = _mm256_add_epi16(p, q);
  q = _mm256_sub_epi16(p, q);
  p = sum;
}

// |p + q| + |p - q| = 2 max(|p|, |q|): half of the last stage's absolute sum, without the stage.
__m256i max_abs(__m256i p, __m256i q) { return _mm256_max_epi16(_mm256_abs_epi16(p), _mm256_abs_epi16(q)); }

// Differences of rows y and y + 4, one a lane.
__m256i difference(const uint8_t* a, ptrdiff_t a_stride, const uint8_t* b, ptrdiff_t b_stride) {
  return _mm256_sub_epi16(_mm256_cvtepu8_epi16(two_rows(a, 4 * a_stride)),
                          _mm256_cvtepu8_epi16(two_rows(b, 4 * b_stride)));
}

uint32_t satd8x8(const uint8_t* a, ptrdiff_t a_stride, const uint8_t* b, ptrdiff_t b_stride) {
  __m256i d[4];
  for (int y = 0; y < 4; ++y) {
    d[y] = difference(a + y * a_stride, a_stride, b + y * b_stride, b_stride);
  }
  // Vertical stages within the lanes; the one across them comes last.
  butterfly(d[0], d[2]), butterfly(d[1], d[3]);
  butterfly(d[0], d[1]), butterfly(d[2], d[3]);
  // Transpose the 4x8 block of each lane: afterwards c[i] holds columns 2 i and 2 i + 1.
  const __m256i t0 = _mm256_unpacklo_epi16(d[0], d[1]), t1 = _mm256_unpackhi_epi16(d[0], d[1]);
  const __m256i t2 = _mm256_unpacklo_epi16(d[2], d[3]), t3 = _mm256_unpackhi_epi16(d[2], d[3]);
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
  __m128i total = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
  total = _mm_add_epi32(total, _mm_shuffle_epi32(total, 0x4e));
  total = _mm_add_epi32(total, _mm_shuffle_epi32(total, 0xb1));
  return (static_cast<uint32_t>(_mm_cvtsi128_si32(total)) + 1) >> 1;
}

}  // namespace

void fill_distance_avx2(KernelTable& table) {
  table.sad8x8 = sad8x8;
  table.satd8x8 = satd8x8;
}

}  // namespace inloop::analysis
