// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>

#include "nn/graph.h"

namespace inloop::nn {

// A row of pixels; `step` elements from one to the next.
template <class T>
struct RowIn {
  const T* const* rows;  // the rows that the result's row reads, top to bottom
  ptrdiff_t step;
};
template <class T>
struct RowOut {
  T* data;
  ptrdiff_t step;
  int pixels;
  int row;  // number of the row within the result
};

// One row of a layer that is no convolution and has a row of its own (not slice, pad or concat); T is the
// graph's element type, int16_t or float.
template <class T>
void run_row(const Graph& graph, const Layer& layer, const RowIn<T>* inputs, const RowOut<T>& out);

// out = in >> shift; float has no shift
template <class T>
void move_row(const RowIn<T>& in, const RowOut<T>& out, int channels, int shift);

}  // namespace inloop::nn
