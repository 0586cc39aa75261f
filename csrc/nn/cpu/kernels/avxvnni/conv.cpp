// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <immintrin.h>

#include "nn/cpu/kernels/avx2/rows_i16.h"

namespace inloop::nn {
namespace {

// The prefix selects the encoding that CPUs without AVX-512 have.
struct OneProduct {
  static INLINE void multiply_add(__m256i& sum, __m256i weights, __m256i pairs) {
    asm("%{vex%} vpdpwssd %[a], %[w], %[s]" : [s] "+x"(sum) : [a] "x"(pairs), [w] "x"(weights));
  }
  static INLINE __m256i sum_of(__m256i sum, __m256i weights, __m256i pairs) {
    asm("%{vex%} vpdpwssd %[a], %[w], %[s]" : [s] "+x"(sum) : [a] "x"(pairs), [w] "x"(weights));
    return sum;
  }
  static INLINE __m128i sum_of(__m128i sum, __m128i weights, __m128i pairs) {
    asm("%{vex%} vpdpwssd %[a], %[w], %[s]" : [s] "+x"(sum) : [a] "x"(pairs), [w] "x"(weights));
    return sum;
  }
};
using MultiplyAdd = EachAlone<OneProduct>;

}  // namespace

void fill_avxvnni(KernelTable& table) { fill_rows<MultiplyAdd>(table); }

}  // namespace inloop::nn
