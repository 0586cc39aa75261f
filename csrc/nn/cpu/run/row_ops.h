// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>

#include "nn/cpu/kernels/table.h"
#include "nn/graph/graph.h"

namespace inloop::nn {

// A row of pixels that are `step` elements apart.
template <class T>
struct RowIn {
  const T* const* rows;  // the rows that the row of the result reads, from top to bottom
  ptrdiff_t step;
};
template <class T>
struct RowOut {
  T* data;
  ptrdiff_t step;
  int pixels;
  int row;     // number of the row in the result
  int column;  // number of the first pixel; inputs begin at the first column that it reads
};

// Gives any row of an operand, wherever it lies in its ring.
template <class T>
struct RowRing {
  const T* slots;  // first pixel of slot 0
  const T* zeros;  // first pixel of the row of zeros
  ptrdiff_t row_elements, step;
  // Number of slots, rows of the buffer, and number of the operand's row 0 in the buffer.
  int rows, height, y;
  const T* row(int index) const {
    const int at = index + y;
    return at < 0 || at >= height ? zeros : slots + at % rows * row_elements;
  }
};

// Computes one row of an operation of element_ops.h (is_element_op()); `shapes` are those of the operands.
template <class T>
void run_element_row(const KernelTable& table, const Graph& graph, const Layer& layer,
                     const RowRing<T>* inputs, const Shape* shapes, const Shape& result,
                     const RowOut<T>& out);

// Computes one row of another layer that is no convolution and makes a row of its own (not slice, pad or
// concat). T is the element type of the graph, int16_t or float.
template <class T>
void run_row(const Graph& graph, const Layer& layer, const RowIn<T>* inputs, const RowOut<T>& out);

// Copies with out = in >> shift; float has no shift.
template <class T>
void move_row(const RowIn<T>& in, const RowOut<T>& out, int channels, int shift);

}  // namespace inloop::nn
