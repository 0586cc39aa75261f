// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "coolchic/kernels/table.h"

namespace inloop::coolchic {
namespace {

constexpr int kUpsampledVectors = 2;  // of each phase at a time, which share the weights

template <class V>
void widen_row_tiles(const int16_t* latents, int width, float* out) {
  for (int x = 0; x < width; x += V::lanes) V::store(out + x, V::to_floats(V::load_16(latents + x)));
}

// fixed_taps is the number of taps per row, or 0 to take it from the row.
template <class V, int fixed_taps>
void upsample_row_taps(const UpsampledRow& row) {
  using F = typename V::F;
  const int taps = fixed_taps ? fixed_taps : row.taps;
  for (int x = 0; x < row.width; x += 2 * kUpsampledVectors * V::lanes) {
    F sum[2][kUpsampledVectors];
    for (int phase = 0; phase < 2; ++phase) {
      const float* weight = row.weights[phase];
      const int first = (x >> 1) + row.first[phase];
      for (int v = 0; v < kUpsampledVectors; ++v) {
        sum[phase][v] = V::mul(V::set(weight[0]), V::load(row.rows[0] + first + v * V::lanes));
      }
      for (int tap = 1; tap < taps * taps; ++tap) {
        const float* in = row.rows[tap / taps] + first - tap % taps;
        const F w = V::set(weight[tap]);
        for (int v = 0; v < kUpsampledVectors; ++v) {
          sum[phase][v] = V::add(sum[phase][v], V::mul(w, V::load(in + v * V::lanes)));
        }
      }
    }
    for (int v = 0; v < kUpsampledVectors; ++v) {
      V::store_interleaved(row.out + x + 2 * v * V::lanes, sum[0][v], sum[1][v]);
    }
  }
}

template <class V>
void upsample_row_tiles(const UpsampledRow& row) {
  if (row.taps == 4) return upsample_row_taps<V, 4>(row);
  if (row.taps == 2) return upsample_row_taps<V, 2>(row);
  upsample_row_taps<V, 0>(row);
}

}  // namespace
}  // namespace inloop::coolchic
