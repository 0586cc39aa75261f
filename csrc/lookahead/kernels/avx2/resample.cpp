// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <immintrin.h>

#include "lookahead/kernels/table.h"

namespace inloop::lookahead {
namespace {

__m128i load64(const uint8_t* p) { return _mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)); }
__m256i load256(const void* p) { return _mm256_loadu_si256(static_cast<const __m256i*>(p)); }

// Handles the columns that do not fill a vector.
template <class T>
void halve_rest(const T* src, const T* below, uint8_t* dst, int x, int width, int shift) {
  for (; x < width; ++x) {
    const int sum = src[2 * x] + src[2 * x + 1] + below[2 * x] + below[2 * x + 1];
    const int mean = (sum + (2 << shift)) >> (2 + shift);
    dst[x] = static_cast<uint8_t>(mean > 255 ? 255 : mean);
  }
}

void halve_u8(const uint8_t* src, ptrdiff_t src_stride, uint8_t* dst, ptrdiff_t dst_stride, int width,
              int height) {
  const __m256i ones = _mm256_set1_epi8(1);
  for (int y = 0; y < height; ++y, src += 2 * src_stride, dst += dst_stride) {
    const uint8_t* below = src + src_stride;
    int x = 0;
    for (; x + 16 <= width; x += 16) {
      const __m256i sum = _mm256_add_epi16(_mm256_maddubs_epi16(load256(src + 2 * x), ones),
                                           _mm256_maddubs_epi16(load256(below + 2 * x), ones));
      const __m256i mean = _mm256_srli_epi16(_mm256_add_epi16(sum, _mm256_set1_epi16(2)), 2);
      _mm_storeu_si128(reinterpret_cast<__m128i*>(dst + x),
                       _mm_packus_epi16(_mm256_castsi256_si128(mean), _mm256_extracti128_si256(mean, 1)));
    }
    halve_rest(src, below, dst, x, width, 0);
  }
}

void halve_u16(const uint16_t* src, ptrdiff_t src_stride, uint8_t* dst, ptrdiff_t dst_stride, int width,
               int height, int shift) {
  const __m256i ones = _mm256_set1_epi16(1), rounding = _mm256_set1_epi32(2 << shift);
  const __m128i count = _mm_cvtsi32_si128(2 + shift);
  for (int y = 0; y < height; ++y, src += 2 * src_stride, dst += dst_stride) {
    const uint16_t* below = src + src_stride;
    int x = 0;
    for (; x + 8 <= width; x += 8) {
      const __m256i sum = _mm256_add_epi32(_mm256_madd_epi16(load256(src + 2 * x), ones),
                                           _mm256_madd_epi16(load256(below + 2 * x), ones));
      const __m256i mean = _mm256_srl_epi32(_mm256_add_epi32(sum, rounding), count);
      const __m128i words = _mm_packus_epi32(_mm256_castsi256_si128(mean), _mm256_extracti128_si256(mean, 1));
      _mm_storel_epi64(reinterpret_cast<__m128i*>(dst + x), _mm_packus_epi16(words, words));
    }
    halve_rest(src, below, dst, x, width, shift);
  }
}

// Returns the sum of each sample and its right neighbour.
__m128i pair_sums(const uint8_t* p) {
  return _mm_add_epi16(_mm_cvtepu8_epi16(load64(p)), _mm_cvtepu8_epi16(load64(p + 1)));
}

void half_pel8x8(const uint8_t* src, ptrdiff_t stride, int right, int down, uint8_t* dst) {
  auto* out = reinterpret_cast<__m128i*>(dst);
  if (right && down) {
    __m128i above = pair_sums(src);
    for (int y = 0; y < 8; y += 2, src += 2 * stride) {
      const __m128i middle = pair_sums(src + stride), below = pair_sums(src + 2 * stride);
      const __m128i two = _mm_set1_epi16(2);
      const __m128i first = _mm_srli_epi16(_mm_add_epi16(_mm_add_epi16(above, middle), two), 2);
      const __m128i second = _mm_srli_epi16(_mm_add_epi16(_mm_add_epi16(middle, below), two), 2);
      _mm_storeu_si128(out++, _mm_packus_epi16(first, second));
      above = below;
    }
    return;
  }
  const uint8_t* other = src + (right ? 1 : down ? stride : 0);
  for (int y = 0; y < 8; y += 2, src += 2 * stride, other += 2 * stride) {
    const __m128i a = _mm_unpacklo_epi64(load64(src), load64(src + stride));
    const __m128i b = _mm_unpacklo_epi64(load64(other), load64(other + stride));
    _mm_storeu_si128(out++, _mm_avg_epu8(a, b));
  }
}

void average8x8(const uint8_t* a, const uint8_t* b, uint8_t* dst) {
  for (int i = 0; i < 64; i += 32) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(dst + i), _mm256_avg_epu8(load256(a + i), load256(b + i)));
  }
}

}  // namespace

void fill_resample_avx2(KernelTable& table) {
  table.halve_u8 = halve_u8;
  table.halve_u16 = halve_u16;
  table.half_pel8x8 = half_pel8x8;
  table.average8x8 = average8x8;
}

}  // namespace inloop::lookahead
