// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "nn/graph.h"

namespace inloop::nn {

// Sizes of all axes for that input; false where a dimension does not divide into its axes.
bool axis_sizes(const Rearrangement& rearrangement, const Shape& in, std::vector<int>& sizes);

// Finds the element of the input that an element of the result is.
class RearrangedIndex {
 public:
  // The sizes must be good (axis_sizes()).
  RearrangedIndex(const Rearrangement& rearrangement, const Shape& in);

  // Adds to `source` (row, column, channel) what the index within one dimension of the result contributes.
  void add(Dimension target, int index, int source[3]) const {
    const std::vector<Term>& terms = terms_[static_cast<size_t>(target)];
    for (size_t i = terms.size(); i-- > 0; index /= terms[i].size)
      source[terms[i].source] += index % terms[i].size * terms[i].stride;
  }

 private:
  struct Term {
    int source, size, stride;
  };
  std::vector<Term> terms_[3];  // per dimension of the result, outermost first
};

}  // namespace inloop::nn
