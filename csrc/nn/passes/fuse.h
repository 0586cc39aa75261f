// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "nn/graph/graph.h"

namespace inloop::nn {

// A convolution with what its epilogue does, or any other layer alone. The numbers are indices of layers, or
// -1.
struct FusedLayer {
  int layer = -1;
  int bias = -1, add = -1, activation = -1;
  int residual = -1;   // the value that `add` adds
  int out_value = -1;  // the value that is stored last
  int raw_value = -1;  // the value before the activation, if it has other readers
};

// Returns whether the 16-bit form of PReLU in the kernels (kernels/table.h) covers the slopes.
bool has_fast_slopes(const Layer& prelu);

// Groups the layers of a graph; every layer is in exactly one group. Without `enabled` each layer is its own
// group.
std::vector<FusedLayer> fuse_epilogues(const Graph& graph, bool enabled);

}  // namespace inloop::nn
