// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "coolchic/kernels/table.h"

namespace inloop::coolchic {
namespace {

void widen_row(const int16_t* latents, int width, float* out) {
  for (int x = 0; x < width; ++x) out[x] = latents[x];
}

void upsample_row(const UpsampledRow& row) {
  for (int x = 0; x < row.width; ++x) {
    const int phase = x & 1;
    const float* weight = row.weights[phase];
    const int first = (x >> 1) + row.first[phase];
    float sum = *weight * row.rows[0][first];
    for (int t = 0; t < row.taps; ++t) {
      for (int u = t == 0; u < row.taps; ++u) sum += weight[t * row.taps + u] * row.rows[t][first - u];
    }
    row.out[x] = sum;
  }
}

}  // namespace

void fill_upsampling_scalar(KernelTable& table) {
  table.widen_row = widen_row;
  table.upsample_row = upsample_row;
}

}  // namespace inloop::coolchic
