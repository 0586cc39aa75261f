// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <immintrin.h>

#include "bindings/testing_addressing.h"

#define INLINE inline __attribute__((always_inline))

namespace inloop::bindings {
namespace {

constexpr int kBlock = 16, kTilePixels = 6;

template <bool PerLoad, class T>
INLINE T* at(const Indexed<T>& tensor, int n, int h, int w, int c) {
  int rows = tensor.dims[1], columns = tensor.dims[2], channels = tensor.dims[3];
  if constexpr (PerLoad) asm volatile("" : "+r"(rows), "+r"(columns), "+r"(channels));
  return tensor.data + (((n * rows + h) * columns + w) * channels + c);
}

INLINE __m256i load(const void* at) { return _mm256_loadu_si256(static_cast<const __m256i*>(at)); }

// The kernel's own: sums stay in registers.
INLINE void multiply_add(__m256i& sum, __m256i weights, __m256i pair) {
  __m256i product;
  asm("vpmaddwd %[a], %[w], %[p]\n\tvpaddd %[p], %[s], %[s]"
      : [s] "+x"(sum), [p] "=&x"(product)
      : [a] "x"(pair), [w] "x"(weights));
}

template <int Count, int Index = 0, class Function>
INLINE void repeat(Function f) {
  if constexpr (Index < Count) {
    f.template operator()<Index>();
    repeat<Count, Index + 1>(f);
  }
}

template <bool PerLoad, int Pixels>
void conv_tile(const IndexConv& conv, int y, int x, int block) {
  __m256i sums[Pixels][2];
  const __m256i start0 = load(conv.start + block * kBlock), start1 = load(conv.start + block * kBlock + 8);
  repeat<Pixels>([&]<int P>() __attribute__((always_inline)) { sums[P][0] = start0, sums[P][1] = start1; });
  for (int ky = 0; ky < conv.kernel; ++ky)
    for (int kx = 0; kx < conv.kernel; ++kx)
      for (int pair = 0; pair < conv.weights.dims[2]; ++pair) {
        const int tap = ky * conv.kernel + kx;
        const __m256i w0 = load(at<PerLoad>(conv.weights, block, tap, pair, 0));
        const __m256i w1 = load(at<PerLoad>(conv.weights, block, tap, pair, 16));
        repeat<Pixels>([&]<int P>() __attribute__((always_inline)) {
          int32_t both;
          __builtin_memcpy(&both, at<PerLoad>(conv.in, 0, y + ky, x + kx + P, 2 * pair), sizeof both);
          const __m256i a = _mm256_set1_epi32(both);
          multiply_add(sums[P][0], w0, a);
          multiply_add(sums[P][1], w1, a);
        });
      }
  const __m128i shift = _mm_cvtsi32_si128(conv.shift);
  repeat<Pixels>([&]<int P>() __attribute__((always_inline)) {
    const __m256i v =
        _mm256_packs_epi32(_mm256_sra_epi32(sums[P][0], shift), _mm256_sra_epi32(sums[P][1], shift));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(at<PerLoad>(conv.out, 0, y, x + P, block * kBlock)),
                        _mm256_max_epi16(v, _mm256_set1_epi16(-32767)));
  });
}

template <bool PerLoad>
void run(const IndexConv& conv) {
  const int width = conv.out.dims[2];
  for (int y = 0; y < conv.out.dims[1]; ++y)
    for (int block = 0; block < conv.weights.dims[0]; ++block) {
      int x = 0;
      for (; x + kTilePixels <= width; x += kTilePixels) conv_tile<PerLoad, kTilePixels>(conv, y, x, block);
      for (; x < width; ++x) conv_tile<PerLoad, 1>(conv, y, x, block);
    }
}

}  // namespace

void index_conv_avx2(const IndexConv& conv, bool per_load) {
  if (per_load)
    run<true>(conv);
  else
    run<false>(conv);
}

}  // namespace inloop::bindings
