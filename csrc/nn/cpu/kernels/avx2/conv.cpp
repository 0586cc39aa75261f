// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <immintrin.h>

#include "nn/cpu/kernels/avx2/rows_i16.h"

namespace inloop::nn {
namespace {

struct MultiplyAdd {
  static INLINE void multiply_add(__m256i& sum, __m256i weights, __m256i pairs) {
    __m256i product;
    asm("vpmaddwd %[a], %[w], %[p]\n\tvpaddd %[p], %[s], %[s]"
        : [s] "+x"(sum), [p] "=&x"(product)
        : [a] "x"(pairs), [w] "x"(weights));
  }
  // The second product replaces the pairs, because no register is left.
  static INLINE void multiply_add(__m256i& sum0, __m256i& sum1, __m256i weights0, __m256i weights1,
                                  __m256i pairs) {
    __m256i product;
    asm("vpmaddwd %[a], %[w0], %[p]\n\tvpmaddwd %[a], %[w1], %[a]\n\t"
        "vpaddd %[p], %[s0], %[s0]\n\tvpaddd %[a], %[s1], %[s1]"
        : [s0] "+x"(sum0), [s1] "+x"(sum1), [a] "+x"(pairs), [p] "=&x"(product)
        : [w0] "x"(weights0), [w1] "x"(weights1));
  }
  static INLINE void multiply_add_two(__m256i& sum0, __m256i& sum1, __m256i weights, __m256i pairs0,
                                      __m256i pairs1) {
    asm("vpmaddwd %[a0], %[w], %[a0]\n\tvpmaddwd %[a1], %[w], %[a1]\n\t"
        "vpaddd %[a0], %[s0], %[s0]\n\tvpaddd %[a1], %[s1], %[s1]"
        : [s0] "+x"(sum0), [s1] "+x"(sum1), [a0] "+x"(pairs0), [a1] "+x"(pairs1)
        : [w] "x"(weights));
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
