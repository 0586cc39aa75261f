// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>

#include "nn/graph.h"

namespace inloop::nn {

// A row of pixels; `step` elements from one to the next.
struct RowIn {
  const int16_t* const* rows;  // the rows that the result's row reads, top to bottom
  ptrdiff_t step;
};
struct RowOut {
  int16_t* data;
  ptrdiff_t step;
  int pixels;
  int row;  // number of the row within the result
};

// One row of a layer that is no convolution and has a row of its own (not slice, pad or concat).
void run_row(const Graph& graph, const Layer& layer, const RowIn* inputs, const RowOut& out);

// out = in >> shift
void move_row(const RowIn& in, const RowOut& out, int channels, int shift);

}  // namespace inloop::nn
