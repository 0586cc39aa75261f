// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/graph/graph.h"

#include <algorithm>

#include "base/checked.h"
#include "nn/graph/op_table.h"

namespace inloop::nn {
namespace {

// Returns the product of all axes that form the channels of the result.
int rearranged_channels(const Rearrangement& r) {
  int64_t channels = 1;
  for (int axis : r.target[kChannels])
    if (axis >= 0 && axis < static_cast<int>(r.axes.size()))
      channels = std::min<int64_t>(channels * r.axes[static_cast<size_t>(axis)].size, 1 << 24);
  return static_cast<int>(channels);
}

}  // namespace

const char* op_name(Op op) {
  const OpInfo* info = op_info(op);
  return info ? info->name : "unknown";
}

bool takes_size_of_second(Op op) { return op == Op::expand || op == Op::resize_to || op == Op::crop_to; }

bool is_pointwise(Op op) { return op != Op::grid_sample && op != Op::join && !takes_size_of_second(op); }

int result_channels(const Graph& graph, const Layer& layer) {
  const OpInfo* info = op_info(layer.op);
  if (!info || info->has(Field::channels) || layer.inputs.empty()) return layer.channels;
  const int in = graph.channels(layer.inputs[0]);
  switch (layer.op) {
    case Op::concat: {
      int64_t sum = 0;
      for (int value : layer.inputs) sum += graph.channels(value);
      return saturated_count({sum});
    }
    case Op::depth_to_space:
      return layer.block > 0 ? in / saturated_count({layer.block, layer.block}) : 0;
    case Op::space_to_depth:
      return saturated_count({in, layer.block, layer.block});
    case Op::reduce_mean:
      return layer.axes & 1 << kChannels ? 1 : in;
    case Op::tile:
      return saturated_count({in, layer.extent.channels});
    case Op::rearrange:
      return rearranged_channels(layer.rearrangement);
    default:
      return in;
  }
}

int result_quantizer(const Graph& graph, const Layer& layer) {
  const auto operand = [&](size_t i) { return graph.quantizer(layer.inputs[i]); };
  int low = layer.inputs.empty() ? 0 : operand(0), high = low;
  for (int value : layer.inputs) {
    low = std::min(low, graph.quantizer(value));
    high = std::max(high, graph.quantizer(value));
  }
  const OpInfo* info = op_info(layer.op);
  switch (info ? info->quantizer : QuantizerRule::free) {
    case QuantizerRule::free:
      return layer.quantizer;
    case QuantizerRule::of_constant:
      return layer.constant_quantizer;
    case QuantizerRule::lowest:
      return low;
    case QuantizerRule::highest:
      return high;
    case QuantizerRule::first:
      return operand(0);
    case QuantizerRule::lower_choice:
      return std::min(operand(1), operand(2));
    case QuantizerRule::zero:
      return 0;
  }
  return low;
}

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
