// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <immintrin.h>

#include "nn/kernels/avx2/rows_i16.h"

namespace inloop::nn {
namespace {

struct MultiplyAdd {
  static INLINE void multiply_add(__m256i& sum, __m256i weights, __m256i pairs) {
    __m256i product;
    asm("vpmaddwd %[a], %[w], %[p]\n\tvpaddd %[p], %[s], %[s]"
        : [s] "+x"(sum), [p] "=&x"(product)
        : [a] "x"(pairs), [w] "x"(weights));
  }
  static INLINE __m256i sum_of(__m256i sum, __m256i weights, __m256i pairs) {
    return _mm256_add_epi32(sum, _mm256_madd_epi16(weights, pairs));
  }
  static INLINE __m128i sum_of(__m128i sum, __m128i weights, __m128i pairs) {
    return _mm_add_epi32(sum, _mm_madd_epi16(weights, pairs));
  }
};

}  // namespace

void fill_avx2(KernelTable& table) { fill_rows<MultiplyAdd>(table); }

}  // namespace inloop::nn
