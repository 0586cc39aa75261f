// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <immintrin.h>
#include <stddef.h>

#include "testing/addressing.h"

#define INLINE inline __attribute__((always_inline))

namespace inloop::testing {
namespace {

constexpr int kBlock = 16, kTilePixels = 6;

template <Addressing A, class T>
INLINE T* at(const Indexed<T>& tensor, int n, int h, int w, int c) {
  int rows = tensor.dims[1], columns = tensor.dims[2], channels = tensor.dims[3];
  if constexpr (A == Addressing::indexed_per_load)
    asm volatile("" : "+r"(rows), "+r"(columns), "+r"(channels));
  return tensor.data + (((n * rows + h) * columns + w) * channels + c);
}

INLINE __m256i load(const void* at) { return _mm256_loadu_si256(static_cast<const __m256i*>(at)); }

// This is as in the kernel, where assembly keeps the sums in registers.
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

INLINE __m256i broadcast_pair(const int16_t* pair) {
  int32_t both;
  __builtin_memcpy(&both, pair, sizeof both);
  return _mm256_set1_epi32(both);
}

template <int Pixels>
INLINE void sum_stepping(const AddressedConv& conv, int y, int x, int block, __m256i (&sums)[Pixels][2]) {
  const ptrdiff_t pitch = conv.in.dims[3], row = pitch * conv.in.dims[2];
  const int pairs = conv.kernel * conv.weights.dims[2];
  const int16_t* first = conv.in.data + y * row + x * pitch;
  const int16_t* weights = conv.weights.data + ptrdiff_t{block} * conv.kernel * pairs * 2 * kBlock;
  for (int ky = 0; ky < conv.kernel; ++ky, first += row) {
    const int16_t* in = first;
    for (int pair = pairs; pair > 0; --pair, in += 2, weights += 2 * kBlock) {
      const __m256i w0 = load(weights), w1 = load(weights + kBlock);
      repeat<Pixels>([&]<int P>() __attribute__((always_inline)) {
        const __m256i a = broadcast_pair(in + P * pitch);
        multiply_add(sums[P][0], w0, a);
        multiply_add(sums[P][1], w1, a);
      });
    }
  }
}

template <Addressing A, int Pixels>
INLINE void sum_indexed(const AddressedConv& conv, int y, int x, int block, __m256i (&sums)[Pixels][2]) {
  for (int ky = 0; ky < conv.kernel; ++ky)
    for (int kx = 0; kx < conv.kernel; ++kx)
      for (int pair = 0; pair < conv.weights.dims[2]; ++pair) {
        const int tap = ky * conv.kernel + kx;
        const __m256i w0 = load(at<A>(conv.weights, block, tap, pair, 0));
        const __m256i w1 = load(at<A>(conv.weights, block, tap, pair, kBlock));
        repeat<Pixels>([&]<int P>() __attribute__((always_inline)) {
          const __m256i a = broadcast_pair(at<A>(conv.in, 0, y + ky, x + kx + P, 2 * pair));
          multiply_add(sums[P][0], w0, a);
          multiply_add(sums[P][1], w1, a);
        });
      }
}

template <Addressing A, int Pixels>
void conv_tile(const AddressedConv& conv, int y, int x, int block) {
  __m256i sums[Pixels][2];
  const __m256i start0 = load(conv.start + block * kBlock), start1 = load(conv.start + block * kBlock + 8);
  repeat<Pixels>([&]<int P>() __attribute__((always_inline)) { sums[P][0] = start0, sums[P][1] = start1; });
  if constexpr (A == Addressing::stepping)
    sum_stepping<Pixels>(conv, y, x, block, sums);
  else
    sum_indexed<A, Pixels>(conv, y, x, block, sums);
  const __m128i shift = _mm_cvtsi32_si128(conv.shift);
  repeat<Pixels>([&]<int P>() __attribute__((always_inline)) {
    const __m256i v =
        _mm256_packs_epi32(_mm256_sra_epi32(sums[P][0], shift), _mm256_sra_epi32(sums[P][1], shift));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(at<A>(conv.out, 0, y, x + P, block * kBlock)),
                        _mm256_max_epi16(v, _mm256_set1_epi16(-32767)));
  });
}

template <Addressing A>
void run(const AddressedConv& conv) {
  const int width = conv.out.dims[2];
  for (int y = 0; y < conv.out.dims[1]; ++y)
    for (int block = 0; block < conv.weights.dims[0]; ++block) {
      int x = 0;
      for (; x + kTilePixels <= width; x += kTilePixels) conv_tile<A, kTilePixels>(conv, y, x, block);
      for (; x < width; ++x) conv_tile<A, 1>(conv, y, x, block);
    }
}

}  // namespace

void addressed_conv_avx2(const AddressedConv& conv, Addressing addressing) {
  if (addressing == Addressing::stepping) run<Addressing::stepping>(conv);
  if (addressing == Addressing::indexed) run<Addressing::indexed>(conv);
  if (addressing == Addressing::indexed_per_load) run<Addressing::indexed_per_load>(conv);
}

}  // namespace inloop::testing
