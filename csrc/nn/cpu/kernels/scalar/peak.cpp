// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/cpu/kernels/table.h"

namespace inloop::nn {
namespace {

int64_t multiply_add_loop_i16(int64_t rounds) {
  volatile int32_t factor = 3;
  int32_t sum = 0;
  for (int64_t i = 0; i < rounds; ++i) sum += factor * 5;
  factor = sum;
  return rounds;
}

int64_t multiply_add_loop_f32(int64_t rounds) {
  volatile float factor = 0.5f;
  float sum = 0;
  for (int64_t i = 0; i < rounds; ++i) sum += factor * 0.25f;
  factor = sum;
  return rounds;
}

}  // namespace

void fill_scalar_peak(KernelTable& table) {
  table.multiply_add_loop_i16 = multiply_add_loop_i16;
  table.multiply_add_loop_f32 = multiply_add_loop_f32;
}

}  // namespace inloop::nn
