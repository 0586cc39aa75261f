// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <immintrin.h>

#include "nn/cpu/kernels/table.h"

namespace inloop::nn {
namespace {

// Twelve independent sums hide the latency, and nothing is loaded or stored.
int64_t multiply_add_loop_i16(int64_t rounds) {
  __m256i sums[12];
  const __m256i a = _mm256_set1_epi16(3), w = _mm256_set1_epi16(5);
  for (__m256i& sum : sums) sum = _mm256_setzero_si256();
  for (int64_t i = 0; i < rounds; ++i)
    for (__m256i& sum : sums)
      asm volatile("%{vex%} vpdpwssd %[a], %[w], %[s]" : [s] "+x"(sum) : [a] "x"(a), [w] "x"(w));
  return rounds * 12 * 16;
}

}  // namespace

void fill_avxvnni_peak(KernelTable& table) { table.multiply_add_loop_i16 = multiply_add_loop_i16; }

}  // namespace inloop::nn
