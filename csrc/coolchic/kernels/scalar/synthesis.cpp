// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "coolchic/kernels/table.h"

namespace inloop::coolchic {
namespace {

void dense_row(const DenseRow& row) {
  for (int o = 0; o < row.outputs; ++o) {
    const float* weights = row.weights + o * row.inputs;
    for (int x = 0; x < row.width; ++x) {
      float sum = row.biases[o];
      for (int i = 0; i < row.inputs; ++i) sum += weights[i] * row.in[i][x];
      if (row.residual) sum += row.residual[o][x];
      row.out[o][x] = sum > 0 ? sum : row.slope > 0 ? sum * row.slope : 0;
    }
  }
}

}  // namespace

void fill_synthesis_scalar(KernelTable& table) { table.dense_row = dense_row; }

}  // namespace inloop::coolchic
