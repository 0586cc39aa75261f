// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>

#include "nn/graph/graph.h"
#include "nn/graph/rearrangement.h"

namespace inloop::nn {
namespace {

Status fail(const Layer& layer, const std::string& reason) {
  return Status::model("layer '" + layer.name + "' (" + op_name(layer.op) + "): " + reason);
}

bool arity_ok(const Layer& layer) {
  const size_t count = layer.inputs.size();
  switch (layer.op) {
    case Op::constant:
      return count == 0;
    case Op::select:
      return count == 3;
    case Op::add:
    case Op::sub:
    case Op::mul:
    case Op::maximum:
    case Op::minimum:
    case Op::compare:
    case Op::grid_sample:
    case Op::expand:
      return count == 2;
    case Op::concat:
      return count >= 1 && count <= 255;
    default:
      return count == 1;
  }
}

// The number of constants a layer must hold; -1: one or one per channel.
int64_t constant_count(const Graph& graph, const Layer& layer) {
  switch (layer.op) {
    case Op::conv:
      return int64_t{layer.channels} * layer.window.kernel_height * layer.window.kernel_width *
             (graph.channels(layer.inputs[0]) / layer.groups);
    case Op::bias_add:
    case Op::prelu:
    case Op::mul_constant:
      return -1;
    case Op::clip:
      return 2;
    case Op::table:
      return (65536 >> layer.table_shift) + 1;
    case Op::constant:
      return int64_t{layer.extent.height} * layer.extent.width * layer.channels;
    case Op::pad_border:
      return layer.border == BorderMode::value ? 1 : 0;
    default:
      return 0;
  }
}

Status check_channels(const Graph& graph, const Layer& layer) {
  const int in = layer.inputs.empty() ? 0 : graph.channels(layer.inputs[0]);
  int expected = in;
  switch (layer.op) {
    case Op::conv:
      if (layer.groups < 1 || in % layer.groups || layer.channels % layer.groups)
        return fail(layer, "groups do not divide the channels");
      expected = layer.channels;
      break;
    case Op::concat:
      expected = 0;
      for (int value : layer.inputs) expected += graph.channels(value);
      break;
    case Op::slice:
      if (layer.channel_begin < 0 || layer.channel_begin + layer.channels > in)
        return fail(layer, "channels outside the input");
      expected = layer.channels;
      break;
    case Op::depth_to_space:
      if (in % (layer.block * layer.block)) return fail(layer, "block does not divide the channels");
      expected = in / (layer.block * layer.block);
      break;
    case Op::space_to_depth:
      expected = in * layer.block * layer.block;
      break;
    case Op::grid_sample:
      if (graph.channels(layer.inputs[1]) != 2) return fail(layer, "the grid must have two channels");
      break;
    case Op::reduce_mean:
      expected = layer.mean_axes & 1 << kChannels ? 1 : in;
      break;
    case Op::expand:
      if (in != 1 && in != layer.channels) return fail(layer, "only one channel can be expanded");
      expected = layer.channels;
      break;
    case Op::tile:
      expected = in * layer.extent.channels;
      break;
    case Op::constant:
    case Op::rearrange:  // check_rearrangement()
      expected = layer.channels;
      break;
    default:
      for (int value : layer.inputs)
        if (graph.channels(value) != in) return fail(layer, "operands differ in channels");
      break;
  }
  if (layer.channels != expected) return fail(layer, "result has a wrong number of channels");
  if (expected < 1 || expected > 4096) return fail(layer, "between 1 and 4096 channels are supported");
  return {};
}

Status check_window(const Layer& layer) {
  const Window& w = layer.window;
  if (layer.op == Op::conv || layer.op == Op::max_pool || layer.op == Op::average_pool) {
    if (w.kernel_height < 1 || w.kernel_width < 1 || w.kernel_height > 31 || w.kernel_width > 31)
      return fail(layer, "kernel sizes of 1 to 31 are supported");
    if (w.stride_y < 1 || w.stride_x < 1 || w.stride_y > 8 || w.stride_x > 8)
      return fail(layer, "strides of 1 to 8 are supported");
    if (w.top >= w.kernel_height || w.bottom >= w.kernel_height || w.left >= w.kernel_width ||
        w.right >= w.kernel_width)
      return fail(layer, "padding is not smaller than the kernel");
  }
  for (int side : {w.top, w.left, w.bottom, w.right})
    if (side < 0 || side > 4096) return fail(layer, "padding out of range");
  return {};
}

template <class Enum>
bool known(Enum value, Enum last) {
  return static_cast<int>(value) <= static_cast<int>(last);
}

Status check_resampling(const Layer& layer) {
  const Resampling& r = layer.resampling;
  if (!known(r.interpolation, Interpolation::bilinear) || !known(r.coordinates, Coordinates::align_corners) ||
      !known(r.nearest, NearestMode::ceil))
    return fail(layer, "unknown mode");
  for (const Scale& scale : {r.y, r.x})
    if (scale.numerator < 1 || scale.denominator < 1 || scale.numerator > 65535 || scale.denominator > 65535)
      return fail(layer, "scale out of range");
  return {};
}

Status check_rearrangement(const Graph& graph, const Layer& layer) {
  const Rearrangement& r = layer.rearrangement;
  if (r.axes.size() > kMaxAxes) return fail(layer, "too many axes");
  int64_t product[3] = {1, 1, 1};
  int open[3] = {0, 0, 0};
  for (const Rearrangement::Axis& axis : r.axes) {
    if (axis.source < kHeight || axis.source > kChannels) return fail(layer, "axis of no dimension");
    if (axis.size < 0 || axis.size > 65536) return fail(layer, "axis size out of range");
    open[axis.source] += axis.size == 0;
    product[axis.source] = std::min<int64_t>(product[axis.source] * std::max(axis.size, 1), 1 << 24);
  }
  if (open[kHeight] > 1 || open[kWidth] > 1 || open[kChannels])
    return fail(layer, "more than one axis without a size");
  if (product[kChannels] != graph.channels(layer.inputs[0]))
    return fail(layer, "axes do not multiply to the input's channels");
  std::vector<int> uses(r.axes.size());
  int64_t channels = 1;
  for (size_t d = 0; d < 3; ++d)
    for (int index : r.target[d]) {
      if (index < 0 || index >= static_cast<int>(r.axes.size()) || uses[static_cast<size_t>(index)]++)
        return fail(layer, "axes of the result are no permutation");
      if (d == kChannels)
        channels = std::min<int64_t>(channels * r.axes[static_cast<size_t>(index)].size, 1 << 24);
    }
  if (std::count(uses.begin(), uses.end(), 1) != static_cast<int64_t>(uses.size()))
    return fail(layer, "axes of the result are no permutation");
  return channels == layer.channels ? Status() : fail(layer, "result has a wrong number of channels");
}

// What only one operation has.
Status check_fields(const Graph& graph, const Layer& layer) {
  const Shape& e = layer.extent;
  switch (layer.op) {
    case Op::reduce_mean:
      return layer.mean_axes >= 1 && layer.mean_axes <= 7 ? Status() : fail(layer, "unknown axes");
    case Op::resize:
      return check_resampling(layer);
    case Op::grid_sample:
      if (!known(layer.grid.interpolation, Interpolation::bilinear) ||
          !known(layer.grid.padding, GridPadding::reflection))
        return fail(layer, "unknown mode");
      return {};
    case Op::function:
      if (static_cast<int>(layer.function) >= kFunctions) return fail(layer, "unknown function");
      for (float parameter : layer.parameters)
        if (!std::isfinite(parameter)) return fail(layer, "parameter is not finite");
      return {};
    case Op::table:
      return layer.table_shift >= 0 && layer.table_shift <= 12 ? Status()
                                                               : fail(layer, "unknown step of its table");
    case Op::compare:
      return static_cast<int>(layer.comparison) < kComparisons ? Status() : fail(layer, "unknown comparison");
    case Op::tile:
      if (e.height < 1 || e.width < 1 || e.channels < 1 || e.channels > 4096)
        return fail(layer, "repetitions out of range");
      return {};
    case Op::constant:
      return e.height >= 1 && e.width >= 1 ? Status() : fail(layer, "is empty");
    case Op::rearrange:
      return check_rearrangement(graph, layer);
    case Op::pad_border:
      if (layer.border < BorderMode::edge || layer.border > BorderMode::value)
        return fail(layer, "unknown mode");
      return {};
    default:
      return {};
  }
}

Status check_type(const Graph& graph, const Layer& layer) {
  const bool is_float = graph.type == ElementType::float32;
  if (!is_float && (layer.op == Op::function || layer.op == Op::grid_sample))
    return Status::unsupported("layer '" + layer.name + "' (" + op_name(layer.op) +
                               "): has no integer rule, only float networks can have it");
  if (is_float && layer.op == Op::table) return fail(layer, "only integer networks have tables");
  return {};
}

// The quantizer that the rules give a result; for the operations that choose theirs, what is stored.
int expected_quantizer(const Graph& graph, const Layer& layer) {
  int low = layer.inputs.empty() ? 0 : graph.quantizer(layer.inputs[0]), high = low;
  for (int value : layer.inputs) {
    low = std::min(low, graph.quantizer(value));
    high = std::max(high, graph.quantizer(value));
  }
  switch (layer.op) {
    case Op::conv:
    case Op::mul:
    case Op::mul_constant:
    case Op::table:
      return layer.quantizer;
    case Op::bias_add:
    case Op::constant:
      return layer.constant_quantizer;
    case Op::maximum:
    case Op::minimum:
      return high;
    case Op::compare:
      return 0;
    case Op::select:
      return std::min(graph.quantizer(layer.inputs[1]), graph.quantizer(layer.inputs[2]));
    case Op::expand:
      return graph.quantizer(layer.inputs[0]);
    default:
      return low;
  }
}

Status check_quantizer(const Graph& graph, const Layer& layer) {
  if (graph.type == ElementType::float32) return {};
  const int expected = expected_quantizer(graph, layer);
  if (layer.quantizer != expected)
    return fail(layer, "quantizer of the result is " + std::to_string(layer.quantizer) + ", must be " +
                           std::to_string(expected));
  for (int q : {layer.quantizer, layer.constant_quantizer})
    if (q < -8 || q > 24) return fail(layer, "quantizer outside -8..24");
  const int shift = product_shift(graph, layer);
  if (shift < 0 || shift > 31)
    return fail(layer, "right shift of " + std::to_string(shift) + " outside 0..31: choose other quantizers");
  return {};
}

Status check_constants(const Graph& graph, const Layer& layer) {
  const bool is_float = graph.type == ElementType::float32;
  const auto count = static_cast<int64_t>(is_float ? layer.constant_f32.size() : layer.constant.size());
  const int64_t expected = constant_count(graph, layer);
  if (expected >= 0 ? count != expected : count != 1 && count != layer.channels)
    return fail(layer, "wrong number of constants");
  for (int16_t number : layer.constant)
    if (number == -32768) return fail(layer, "constant -32768 is outside -32767..32767");
  for (float number : layer.constant_f32)
    if (!std::isfinite(number)) return fail(layer, "constant is not finite");
  return {};
}

Status check_layer(const Graph& graph, size_t index) {
  const Layer& layer = graph.layers[index];
  if (!arity_ok(layer)) return fail(layer, "wrong number of inputs");
  for (int value : layer.inputs)
    if (value < 0 || value >= graph.value_of_layer(index))
      return fail(layer, "reads a value that does not exist yet");
  if (layer.block < 1 || layer.block > 16) return fail(layer, "block sizes of 1 to 16 are supported");
  INLOOP_RETURN_IF_ERROR(check_type(graph, layer));
  INLOOP_RETURN_IF_ERROR(check_channels(graph, layer));
  INLOOP_RETURN_IF_ERROR(check_window(layer));
  INLOOP_RETURN_IF_ERROR(check_fields(graph, layer));
  INLOOP_RETURN_IF_ERROR(check_constants(graph, layer));
  return check_quantizer(graph, layer);
}

}  // namespace

Status check_graph(const Graph& graph) {
  if (graph.inputs.empty() || graph.outputs.empty())
    return Status::model("network has no inputs or no outputs");
  for (const GraphInput& input : graph.inputs) {
    if (input.channels < 1 || input.channels > 4096)
      return Status::model("input '" + input.name + "': between 1 and 4096 channels are supported");
    if (input.quantizer < -8 || input.quantizer > 24)
      return Status::model("input '" + input.name + "': quantizer outside -8..24");
  }
  for (size_t i = 0; i < graph.layers.size(); ++i) INLOOP_RETURN_IF_ERROR(check_layer(graph, i));
  for (const GraphOutput& output : graph.outputs)
    if (output.value < 0 || output.value >= graph.value_count())
      return Status::model("output '" + output.name + "' is a value that does not exist");
  return {};
}

}  // namespace inloop::nn
