// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>

#include "base/checked.h"
#include "nn/graph/byte_reader.h"
#include "nn/graph/graph.h"
#include "nn/graph/op_table.h"
#include "nn/graph/rearrangement.h"

namespace inloop::nn {
namespace {

constexpr int kMaxValues = 65535;  // the compact form has 16 bits for the number of a value

Status fail(const Layer& layer, const std::string& reason) {
  return Status::model("layer '" + layer.name + "' (" + op_name(layer.op) + "): " + reason);
}

// Returns how many constants a layer must hold, or -1 where it holds one or one per channel.
int64_t constant_count(const Graph& graph, const Layer& layer, ConstantRule rule) {
  switch (rule) {
    case ConstantRule::none:
      return 0;
    case ConstantRule::one_or_per_channel:
      return -1;
    case ConstantRule::weights:
      return saturated_product({layer.channels, layer.window.kernel_height, layer.window.kernel_width,
                                graph.channels(layer.inputs[0]) / layer.groups});
    case ConstantRule::limits:
      return 2;
    case ConstantRule::knots:
      return (65536 >> layer.table_shift) + 1;
    case ConstantRule::extent:
      return saturated_product({layer.extent.height, layer.extent.width, layer.channels});
    case ConstantRule::of_border:
      return layer.border == BorderMode::value ? 1 : 0;
  }
  return 0;
}

Status check_operands(const Graph& graph, const Layer& layer) {
  const int in = layer.inputs.empty() ? 0 : graph.channels(layer.inputs[0]);
  switch (layer.op) {
    case Op::conv:
      if (layer.groups < 1 || in % layer.groups || layer.channels % layer.groups)
        return fail(layer, "groups do not divide the channels");
      return {};
    case Op::slice:
      if (layer.channel_begin < 0 || layer.channel_begin + layer.channels > in)
        return fail(layer, "channels outside the input");
      return {};
    case Op::depth_to_space:
      if (in % (layer.block * layer.block)) return fail(layer, "block does not divide the channels");
      return {};
    case Op::grid_sample:
      if (graph.channels(layer.inputs[1]) != 2) return fail(layer, "the grid must have two channels");
      return {};
    case Op::expand:
      if (in != 1 && in != layer.channels) return fail(layer, "only one channel can be expanded");
      return {};
    case Op::concat:
    case Op::resize_to:
    case Op::crop_to:
      return {};
    default:
      for (int value : layer.inputs)
        if (graph.channels(value) != in) return fail(layer, "operands differ in channels");
      return {};
  }
}

Status check_channels(const Graph& graph, const Layer& layer) {
  INLOOP_RETURN_IF_ERROR(check_operands(graph, layer));
  if (layer.channels != result_channels(graph, layer))
    return fail(layer, "result has a wrong number of channels");
  if (layer.channels < 1 || layer.channels > kMaxChannels)
    return fail(layer, "between 1 and 4096 channels are supported");
  return {};
}

Status check_window(const Layer& layer) {
  const Window& w = layer.window;
  if (w.kernel_height < 1 || w.kernel_width < 1 || w.kernel_height > 31 || w.kernel_width > 31)
    return fail(layer, "kernel sizes of 1 to 31 are supported");
  if (w.stride_y < 1 || w.stride_x < 1 || w.stride_y > 8 || w.stride_x > 8)
    return fail(layer, "strides of 1 to 8 are supported");
  if (w.top >= w.kernel_height || w.bottom >= w.kernel_height || w.left >= w.kernel_width ||
      w.right >= w.kernel_width)
    return fail(layer, "padding is not smaller than the kernel");
  return {};
}

Status check_sides(const Layer& layer) {
  const Window& w = layer.window;
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
  if (!known(r.interpolation, Interpolation::catmull_rom) ||
      !known(r.coordinates, Coordinates::align_corners) || !known(r.nearest, NearestMode::ceil))
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
  for (const std::vector<int>& axes : r.target)
    for (int index : axes)
      if (index < 0 || index >= static_cast<int>(r.axes.size()) || uses[static_cast<size_t>(index)]++)
        return fail(layer, "axes of the result are no permutation");
  if (std::count(uses.begin(), uses.end(), 1) != static_cast<int64_t>(uses.size()))
    return fail(layer, "axes of the result are no permutation");
  return {};
}

Status check_field(const Graph& graph, const Layer& layer, Field field) {
  const Shape& e = layer.extent;
  switch (field) {
    case Field::window:
      return check_window(layer);
    case Field::axes:
      if (layer.op == Op::crop_to && layer.axes > 3) return fail(layer, "only height and width are cropped");
      if (layer.op == Op::flip && layer.axes > 3) return fail(layer, "only height and width are flipped");
      if (layer.op == Op::join && layer.axes > 2)
        return fail(layer, "values are joined along height or width");
      return layer.axes >= 1 && layer.axes <= 7 ? Status() : fail(layer, "unknown axes");
    case Field::resampling:
      return check_resampling(layer);
    case Field::grid:
      if (!known(layer.grid.interpolation, Interpolation::bilinear) ||
          !known(layer.grid.padding, GridPadding::reflection))
        return fail(layer, "unknown mode");
      return {};
    case Field::function:
      if (static_cast<int>(layer.function) >= kFunctions) return fail(layer, "unknown function");
      for (float parameter : layer.parameters)
        if (!std::isfinite(parameter)) return fail(layer, "parameter is not finite");
      return {};
    case Field::table_shift:
      return layer.table_shift >= 0 && layer.table_shift <= 12 ? Status()
                                                               : fail(layer, "unknown step of its table");
    case Field::comparison:
      return static_cast<int>(layer.comparison) < kComparisons ? Status() : fail(layer, "unknown comparison");
    case Field::repetitions:
      if (e.height < 1 || e.width < 1 || e.channels < 1 || e.channels > kMaxChannels)
        return fail(layer, "repetitions out of range");
      return {};
    case Field::size:
      if (layer.op == Op::pad_multiple && std::max(e.height, e.width) > 4096)
        return fail(layer, "multiple out of range");
      return e.height >= 1 && e.width >= 1 ? Status() : fail(layer, "is empty");
    case Field::rearrangement:
      return check_rearrangement(graph, layer);
    case Field::border:
      if (layer.border < BorderMode::edge || layer.border > BorderMode::wrap ||
          (layer.op == Op::pad_multiple && layer.border == BorderMode::wrap))
        return fail(layer, "unknown mode");
      return {};
    default:  // checked with the channels, with the constants, or for every layer
      return {};
  }
}

Status check_type(const Graph& graph, const Layer& layer, TypeRule rule) {
  const bool is_float = graph.type == ElementType::float32;
  if (!is_float && rule == TypeRule::floats)
    return Status::unsupported("layer '" + layer.name + "' (" + op_name(layer.op) +
                               "): has no integer rule, only float networks can have it");
  if (is_float && rule == TypeRule::integers) return fail(layer, "only integer networks have tables");
  return {};
}

Status check_quantizer(const Graph& graph, const Layer& layer) {
  if (graph.type == ElementType::float32) return {};
  const int expected = result_quantizer(graph, layer);
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

Status check_constants(const Graph& graph, const Layer& layer, ConstantRule rule) {
  const bool is_float = graph.type == ElementType::float32;
  const auto count = static_cast<int64_t>(is_float ? layer.constant_f32.size() : layer.constant.size());
  const int64_t expected = constant_count(graph, layer, rule);
  if (expected >= 0 ? count != expected : count != 1 && count != layer.channels)
    return fail(layer, "wrong number of constants");
  for (int16_t number : layer.constant)
    if (number == -32768) return fail(layer, "constant -32768 is outside -32767..32767");
  for (float number : layer.constant_f32)
    if (!std::isfinite(number)) return fail(layer, "constant is not finite");
  return {};
}

// The compact form has 8 bits for the size of a name.
Status check_name(const char* kind, const std::string& name) {
  if (name.size() <= 255 && is_utf8(reinterpret_cast<const uint8_t*>(name.data()), name.size())) return {};
  return Status::model(std::string("a name of an ") + kind + " is longer than 255 bytes or no UTF-8");
}

Status check_layer(const Graph& graph, size_t index) {
  const Layer& layer = graph.layers[index];
  const OpInfo* info = op_info(layer.op);
  if (!info) return fail(layer, "unknown operation");
  const auto inputs = static_cast<int>(layer.inputs.size());
  if (inputs < info->min_inputs || inputs > info->max_inputs) return fail(layer, "wrong number of inputs");
  for (int value : layer.inputs)
    if (value < 0 || value >= graph.value_of_layer(index))
      return fail(layer, "reads a value that does not exist yet");
  if (layer.block < 1 || layer.block > 16) return fail(layer, "block sizes of 1 to 16 are supported");
  INLOOP_RETURN_IF_ERROR(check_type(graph, layer, info->type));
  INLOOP_RETURN_IF_ERROR(check_channels(graph, layer));
  INLOOP_RETURN_IF_ERROR(check_sides(layer));
  for (Field field : info->fields) INLOOP_RETURN_IF_ERROR(check_field(graph, layer, field));
  INLOOP_RETURN_IF_ERROR(check_constants(graph, layer, info->constant));
  return check_quantizer(graph, layer);
}

}  // namespace

Status check_graph(const Graph& graph) {
  if (graph.inputs.empty() || graph.outputs.empty())
    return Status::model("network has no inputs or no outputs");
  if (graph.value_count() > kMaxValues || static_cast<int>(graph.outputs.size()) > kMaxValues)
    return Status::model("up to 65535 values are supported");
  for (const GraphInput& input : graph.inputs) {
    INLOOP_RETURN_IF_ERROR(check_name("input", input.name));
    if (input.channels < 1 || input.channels > kMaxChannels)
      return Status::model("input '" + input.name + "': between 1 and 4096 channels are supported");
    if (input.quantizer < -8 || input.quantizer > 24)
      return Status::model("input '" + input.name + "': quantizer outside -8..24");
  }
  for (size_t i = 0; i < graph.layers.size(); ++i) INLOOP_RETURN_IF_ERROR(check_layer(graph, i));
  for (const GraphOutput& output : graph.outputs) {
    INLOOP_RETURN_IF_ERROR(check_name("output", output.name));
    if (output.value < 0 || output.value >= graph.value_count())
      return Status::model("output '" + output.name + "' is a value that does not exist");
  }
  return {};
}

}  // namespace inloop::nn
