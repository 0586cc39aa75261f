// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "nn/graph/graph.h"

namespace inloop::nn {

// A convolution with what its epilogue does, or any other layer alone. Numbers are layer indices, -1 where
// absent.
struct FusedLayer {
  int layer = -1;
  int bias = -1, add = -1, activation = -1;
  int residual = -1;   // the value that `add` adds
  int out_value = -1;  // what is stored last
  int raw_value = -1;  // the value before the activation, where others read it too
};

// True where the kernels' 16-bit form of PReLU (kernels/table.h) covers the slopes.
bool has_fast_slopes(const Layer& prelu);

// Groups the layers of a graph; every layer is in exactly one group. `enabled` = false: one group a layer.
std::vector<FusedLayer> fuse_epilogues(const Graph& graph, bool enabled);

}  // namespace inloop::nn
