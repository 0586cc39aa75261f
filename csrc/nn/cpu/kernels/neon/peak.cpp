// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <arm_neon.h>

#include "nn/cpu/kernels/table.h"

namespace inloop::nn {
namespace {

// Sixteen independent sums hide the latency, and nothing is loaded or stored.
constexpr int kSums = 16;

int64_t multiply_add_loop_i16(int64_t rounds) {
  int32x4_t sums[kSums];
  const int16x4_t a = vdup_n_s16(3), w = vdup_n_s16(5);
  for (int32x4_t& sum : sums) sum = vdupq_n_s32(0);
  for (int64_t i = 0; i < rounds; ++i)
    for (int32x4_t& sum : sums) asm volatile("smlal %0.4s, %1.4h, %2.4h" : "+w"(sum) : "w"(a), "w"(w));
  return rounds * kSums * 4;
}

int64_t multiply_add_loop_f32(int64_t rounds) {
  float32x4_t sums[kSums];
  const float32x4_t a = vdupq_n_f32(0.5f), w = vdupq_n_f32(0.25f);
  for (float32x4_t& sum : sums) sum = vdupq_n_f32(0);
  for (int64_t i = 0; i < rounds; ++i)
    for (float32x4_t& sum : sums) asm volatile("fmla %0.4s, %1.4s, %2.4s" : "+w"(sum) : "w"(a), "w"(w));
  return rounds * kSums * 4;
}

}  // namespace

void fill_neon_peak(KernelTable& table) {
  table.multiply_add_loop_i16 = multiply_add_loop_i16;
  table.multiply_add_loop_f32 = multiply_add_loop_f32;
}

}  // namespace inloop::nn
