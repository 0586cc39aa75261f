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

// What a layer's integers can be at most, found by interval arithmetic from full 16-bit inputs.
struct Bounds {
  std::vector<std::vector<Range>> values;  // per value, per channel
  // conv only, else empty: per output channel, range of every partial sum of products in any order (contains
  // 0).
  std::vector<std::vector<Range>> sums;  // per layer
};

// With `refuse`: model error naming layer and channel where a convolution's sum could leave int32. The graph
// must have passed check_graph().
Status compute_bounds(const Graph& graph, bool refuse, Bounds& bounds);

}  // namespace inloop::nn
