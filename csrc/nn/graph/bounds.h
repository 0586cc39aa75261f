// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "nn/graph/graph.h"

namespace inloop::nn {

struct Range {
  int64_t low = 0, high = 0;
};

// The ranges of a network's integers, found by interval arithmetic from full 16-bit inputs.
struct Bounds {
  std::vector<std::vector<Range>> values;  // per value, per channel
  // Only convolutions have these: the range of every partial sum of products in any order, per output
  // channel. It contains 0.
  std::vector<std::vector<Range>> sums;  // per layer
};

// With `refuse`, a convolution whose sum could leave int32 is a model error that names layer and channel. The
// graph must have passed check_graph().
Status compute_bounds(const Graph& graph, bool refuse, Bounds& bounds);

}  // namespace inloop::nn
