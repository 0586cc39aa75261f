// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/graph/graph.h"

#include <iterator>

namespace inloop::nn {

const char* op_name(Op op) {
  // By number, from 1.
  static constexpr const char* kNames[] = {
      "conv",        "bias_add", "prelu",          "relu",           "add",      "concat",
      "slice",       "mul",      "mul_constant",   "clip",           "pad",      "maximum",
      "minimum",     "max_pool", "depth_to_space", "space_to_depth", "sub",      "average_pool",
      "reduce_mean", "resize",   "grid_sample",    "function",       "table",    "compare",
      "select",      "expand",   "tile",           "rearrange",      "constant", "pad_border"};
  const auto number = static_cast<size_t>(op);
  return number >= 1 && number <= std::size(kNames) ? kNames[number - 1] : "unknown";
}

bool is_pointwise(Op op) { return op != Op::grid_sample && op != Op::expand; }

int product_shift(const Graph& graph, const Layer& layer) {
  if (layer.inputs.empty()) return 0;
  const int q = graph.quantizer(layer.inputs[0]);
  switch (layer.op) {
    case Op::conv:
    case Op::mul_constant:
      return q + layer.constant_quantizer - layer.quantizer;
    case Op::mul:
      return q + graph.quantizer(layer.inputs[1]) - layer.quantizer;
    case Op::prelu:
      return layer.constant_quantizer;
    default:
      return 0;
  }
}

}  // namespace inloop::nn
