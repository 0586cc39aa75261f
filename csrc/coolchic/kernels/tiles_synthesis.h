// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "coolchic/kernels/table.h"

namespace inloop::coolchic {
namespace {

constexpr int kDenseOutputs = 3;

template <class V, int outputs, int vectors>
void dense_tile(const DenseRow& row, int o, int x) {
  using F = typename V::F;
  F sum[outputs][vectors];
  for (int k = 0; k < outputs; ++k) {
    for (int v = 0; v < vectors; ++v) sum[k][v] = V::set(row.biases[o + k]);
  }
  const float* weights = row.weights + o * row.inputs;
  for (int i = 0; i < row.inputs; ++i) {
    F in[vectors];
    for (int v = 0; v < vectors; ++v) in[v] = V::load(row.in[i] + x + v * V::lanes);
    for (int k = 0; k < outputs; ++k) {
      const F w = V::set(weights[k * row.inputs + i]);
      for (int v = 0; v < vectors; ++v) sum[k][v] = V::add(sum[k][v], V::mul(w, in[v]));
    }
  }
  const F slope = V::set(row.slope), zero = V::set(0);
  for (int k = 0; k < outputs; ++k) {
    for (int v = 0; v < vectors; ++v) {
      F value = sum[k][v];
      if (row.residual) value = V::add(value, V::load(row.residual[o + k] + x + v * V::lanes));
      if (row.slope < 1) value = V::positive_or(value, row.slope > 0 ? V::mul(value, slope) : zero);
      V::store(row.out[o + k] + x + v * V::lanes, value);
    }
  }
}

template <class V, int vectors>
void dense_row_tiles(const DenseRow& row) {
  for (int x = 0; x < row.width; x += vectors * V::lanes) {
    int o = 0;
    for (; o + kDenseOutputs <= row.outputs; o += kDenseOutputs)
      dense_tile<V, kDenseOutputs, vectors>(row, o, x);
    for (; o < row.outputs; ++o) dense_tile<V, 1, vectors>(row, o, x);
  }
}

}  // namespace
}  // namespace inloop::coolchic
