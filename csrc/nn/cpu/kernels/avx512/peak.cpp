// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <immintrin.h>

#include "nn/cpu/kernels/table.h"

namespace inloop::nn {
namespace {

// Twelve independent sums hide the latency, and nothing is loaded or stored.
int64_t multiply_add_loop_i16(int64_t rounds) {
  __m512i sums[12];
  const __m512i a = _mm512_set1_epi16(3), w = _mm512_set1_epi16(5);
  for (__m512i& sum : sums) sum = _mm512_setzero_si512();
  for (int64_t i = 0; i < rounds; ++i)
    for (__m512i& sum : sums)
      asm volatile("vpdpwssd %[a], %[w], %[s]" : [s] "+v"(sum) : [a] "v"(a), [w] "v"(w));
  return rounds * 12 * 32;
}

int64_t multiply_add_loop_f32(int64_t rounds) {
  __m512 sums[12];
  const __m512 a = _mm512_set1_ps(0.5f), w = _mm512_set1_ps(0.25f);
  for (__m512& sum : sums) sum = _mm512_setzero_ps();
  for (int64_t i = 0; i < rounds; ++i)
    for (__m512& sum : sums)
      asm volatile("vfmadd231ps %[a], %[w], %[s]" : [s] "+v"(sum) : [a] "v"(a), [w] "v"(w));
  return rounds * 12 * 16;
}

}  // namespace

void fill_avx512_peak(KernelTable& table) {
  table.multiply_add_loop_i16 = multiply_add_loop_i16;
  table.multiply_add_loop_f32 = multiply_add_loop_f32;
}

}  // namespace inloop::nn
