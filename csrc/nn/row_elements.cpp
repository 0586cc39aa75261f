// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/element_ops.h"
#include "nn/row_ops.h"

namespace inloop::nn {
namespace {

// Elements of a plan's rows. Remembers where the last even and odd row of each operand begins.
template <class T>
class RowSource {
 public:
  explicit RowSource(const RowRing<T>* rings) : rings_(rings) {}

  T at(size_t operand, int y, int x, int c) const {
    const RowRing<T>& ring = rings_[operand];
    Last& last = last_[operand][y & 1];
    if (last.y != y) last = {y, ring.row(y)};
    return last.row[x * ring.step + c];
  }

 private:
  struct Last {
    int y = -1;
    const T* row = nullptr;
  };
  const RowRing<T>* rings_;
  mutable Last last_[3][2];
};

}  // namespace

bool is_element_layer(const Layer& layer) {
  const Window& w = layer.window;
  if (layer.op == Op::max_pool) return w.top || w.left || w.bottom || w.right;
  return is_element_op(layer.op);
}

template <class T>
void run_element_row(const Graph& graph, const Layer& layer, const RowRing<T>* inputs, const Shape* shapes,
                     const Shape& result, const RowOut<T>& out) {
  const RowSource<T> source(inputs);
  const ElementOps<T, RowSource<T>> ops(graph, layer, shapes, result, source);
  T* pixel = out.data;
  for (int x = 0; x < out.pixels; ++x, pixel += out.step)
    for (int c = 0; c < result.channels; ++c) pixel[c] = ops.element(out.row, out.column + x, c);
}

template void run_element_row(const Graph&, const Layer&, const RowRing<int16_t>*, const Shape*, const Shape&,
                              const RowOut<int16_t>&);
template void run_element_row(const Graph&, const Layer&, const RowRing<float>*, const Shape*, const Shape&,
                              const RowOut<float>&);

}  // namespace inloop::nn
