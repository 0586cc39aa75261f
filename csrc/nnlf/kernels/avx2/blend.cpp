// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <immintrin.h>

#include "nnlf/kernels/table.h"
#include "nnlf/kernels/tiles_blend.h"

namespace inloop::nnlf {
namespace {

__m256i load16(const uint16_t* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
__m128i load8(const uint16_t* p) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p)); }

void blend_row(const uint16_t* dbf, const uint16_t* signal, int width, int scale, int bit_depth,
               uint16_t* out) {
  const int shift = 14 - bit_depth;
  const int peak = (1 << bit_depth) - 1;
  const __m128i depth = _mm_cvtsi32_si128(shift), down = _mm_cvtsi32_si128(shift + 8);
  const __m256i factor = _mm256_set1_epi32(scale), rounding = _mm256_set1_epi32(1 << (shift + 7));
  const __m128i limit = _mm_set1_epi16(static_cast<int16_t>(peak));
  int x = 0;
  for (; x + 8 <= width; x += 8) {
    const __m256i base = _mm256_sll_epi32(_mm256_cvtepu16_epi32(load8(dbf + x)), depth);
    const __m256i change = _mm256_sub_epi32(_mm256_cvtepu16_epi32(load8(signal + x)), base);
    const __m256i sum = _mm256_add_epi32(_mm256_add_epi32(_mm256_slli_epi32(base, 8), rounding),
                                         _mm256_mullo_epi32(change, factor));
    const __m256i value = _mm256_sra_epi32(sum, down);
    _mm_storeu_si128(
        reinterpret_cast<__m128i*>(out + x),
        _mm_min_epu16(_mm_packus_epi32(_mm256_castsi256_si128(value), _mm256_extracti128_si256(value, 1)),
                      limit));
  }
  blend_samples(dbf, signal, x, width, scale, bit_depth, out);
}

// Adds eight 32-bit sums to four sums of 64 bits.
__m256i add_wide(__m256i sum, __m256i v) {
  return _mm256_add_epi64(sum, _mm256_add_epi64(_mm256_cvtepi32_epi64(_mm256_castsi256_si128(v)),
                                                _mm256_cvtepi32_epi64(_mm256_extracti128_si256(v, 1))));
}

int64_t total(__m256i sum) {
  const __m128i pair = _mm_add_epi64(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
  return _mm_cvtsi128_si64(pair) + _mm_extract_epi64(pair, 1);
}

void sums_row(const uint16_t* dbf, const uint16_t* signal, const uint16_t* original, int width, int bit_depth,
              int64_t* sums) {
  const int shift = 14 - bit_depth;
  const __m128i depth = _mm_cvtsi32_si128(shift);
  __m256i ee = _mm256_setzero_si256(), de = ee, dd = ee;
  int x = 0;
  for (; x + 16 <= width; x += 16) {
    const __m256i f = load16(dbf + x);
    const __m256i d = _mm256_sub_epi16(load16(signal + x), _mm256_sll_epi16(f, depth));
    const __m256i e = _mm256_sll_epi16(_mm256_sub_epi16(load16(original + x), f), depth);
    ee = add_wide(ee, _mm256_madd_epi16(e, e));
    de = add_wide(de, _mm256_madd_epi16(d, e));
    dd = add_wide(dd, _mm256_madd_epi16(d, d));
  }
  sums[0] += total(ee);
  sums[1] += total(de);
  sums[2] += total(dd);
  sum_samples(dbf, signal, original, x, width, bit_depth, sums);
}

}  // namespace

void fill_blend_avx2(KernelTable& table) {
  table.blend_row = blend_row;
  table.sums_row = sums_row;
}

}  // namespace inloop::nnlf
