// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <immintrin.h>

#include "hevc/kernels/table.h"

namespace inloop::hevc {
namespace {

__m256i load256(const void* p) { return _mm256_loadu_si256(static_cast<const __m256i*>(p)); }
__m128i load128(const void* p) { return _mm_loadu_si128(static_cast<const __m128i*>(p)); }
__m128i load64(const void* p) { return _mm_loadl_epi64(static_cast<const __m128i*>(p)); }
void store256(void* p, __m256i v) { _mm256_storeu_si256(static_cast<__m256i*>(p), v); }
void store128(void* p, __m128i v) { _mm_storeu_si128(static_cast<__m128i*>(p), v); }
void store64(void* p, __m128i v) { _mm_storel_epi64(static_cast<__m128i*>(p), v); }

void subtract(int16_t* residual, ptrdiff_t residual_stride, const uint16_t* a, ptrdiff_t a_stride,
              const uint16_t* b, ptrdiff_t b_stride, int width, int height) {
  for (int y = 0; y < height; ++y, residual += residual_stride, a += a_stride, b += b_stride) {
    int x = 0;
    for (; x + 16 <= width; x += 16) store256(residual + x, _mm256_sub_epi16(load256(a + x), load256(b + x)));
    if (width & 8) {
      store128(residual + x, _mm_sub_epi16(load128(a + x), load128(b + x)));
      x += 8;
    }
    if (width & 4) store64(residual + x, _mm_sub_epi16(load64(a + x), load64(b + x)));
  }
}

// The addition may saturate, because a sum beyond 16 bits lies beyond the peak as well.
__m256i add_clipped(__m256i prediction, __m256i residual, __m256i peak) {
  const __m256i sum = _mm256_max_epi16(_mm256_adds_epi16(prediction, residual), _mm256_setzero_si256());
  return _mm256_min_epi16(sum, peak);
}
__m128i add_clipped(__m128i prediction, __m128i residual, __m256i peak) {
  const __m128i sum = _mm_max_epi16(_mm_adds_epi16(prediction, residual), _mm_setzero_si128());
  return _mm_min_epi16(sum, _mm256_castsi256_si128(peak));
}

void add_residual(uint16_t* dst, ptrdiff_t dst_stride, const int16_t* residual, ptrdiff_t residual_stride,
                  int width, int height, int bit_depth) {
  const __m256i peak = _mm256_set1_epi16(static_cast<short>((1 << bit_depth) - 1));
  for (int y = 0; y < height; ++y, dst += dst_stride, residual += residual_stride) {
    int x = 0;
    for (; x + 16 <= width; x += 16) {
      store256(dst + x, add_clipped(load256(dst + x), load256(residual + x), peak));
    }
    if (width & 8) {
      store128(dst + x, add_clipped(load128(dst + x), load128(residual + x), peak));
      x += 8;
    }
    if (width & 4) store64(dst + x, add_clipped(load64(dst + x), load64(residual + x), peak));
  }
}

}  // namespace

void fill_residual_avx2(KernelTable& table) {
  table.subtract = subtract;
  table.add_residual = add_residual;
}

}  // namespace inloop::hevc
