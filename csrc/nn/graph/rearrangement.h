// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>

#include "nn/graph/graph.h"

namespace inloop::nn {

constexpr size_t kMaxAxes = 16;
using AxisSizes = std::array<int, kMaxAxes>;

// Finds the sizes of all axes for an input. Returns false where a dimension does not divide into its axes.
bool axis_sizes(const Rearrangement& rearrangement, const Shape& in, AxisSizes& sizes);

// Finds the element of the input that an element of the result comes from. It allocates nothing.
class RearrangedIndex {
 public:
  // axis_sizes() must accept the shape.
  RearrangedIndex(const Rearrangement& rearrangement, const Shape& in);

  // Adds to `source` (row, column, channel) what the index in one dimension of the result contributes.
  void add(Dimension target, int index, int source[3]) const {
    const Terms& terms = terms_[static_cast<size_t>(target)];
    for (size_t i = terms.count; i-- > 0; index /= terms.list[i].size)
      source[terms.list[i].source] += index % terms.list[i].size * terms.list[i].stride;
  }

 private:
  struct Term {
    int source, size, stride;
  };
  struct Terms {
    std::array<Term, kMaxAxes> list;  // outermost first
    size_t count = 0;
  };
  std::array<Terms, 3> terms_;  // per dimension of the result
};

}  // namespace inloop::nn
