// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "coolchic/kernels/table.h"

namespace inloop::coolchic {
namespace {

constexpr int kMaxContext = 32;

// Computes one output: the bias plus the products of pairs of 16 bits.
inline int32_t output(const int32_t* pairs, int32_t bias, const int32_t* x, int size) {
  int32_t sum = bias;
  for (int j = 0; j < size; j += 2) {
    const int32_t pair = pairs[j / 2];
    sum += static_cast<int16_t>(pair & 0xffff) * x[j] + (pair >> 16) * x[j + 1];
  }
  return sum >> 6;
}

bool sample(const ContextWave& wave, int index) {
  int32_t x[kMaxContext], y[kMaxContext];
  for (int j = 0; j < wave.size; ++j) x[j] = wave.inputs[j][index] * 64;
  const int32_t* pairs = wave.pairs;
  const int32_t* bias = wave.biases;
  for (int layer = 0; layer < wave.hidden_layers; ++layer) {
    for (int o = 0; o < wave.size; ++o, pairs += wave.size / 2) y[o] = output(pairs, *bias++, x, wave.size);
    for (int o = 0; o < wave.size; ++o) {
      if (y[o] > INT16_MAX) return false;
      x[o] = y[o] > 0 ? y[o] : 0;
    }
  }
  wave.location[index] = output(pairs, bias[0], x, wave.size);
  wave.log_scale[index] = output(pairs + wave.size / 2, bias[1], x, wave.size);
  return true;
}

bool context_wave(const ContextWave& wave) {
  for (int i = 0; i < wave.count; ++i) {
    if (!sample(wave, i)) return false;
  }
  return true;
}

}  // namespace

void fill_context_scalar(KernelTable& table) { table.context_wave = context_wave; }

}  // namespace inloop::coolchic
