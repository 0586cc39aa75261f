// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/graph.h"

#include <algorithm>
#include <cmath>

namespace inloop::nn {

const char* op_name(Op op) {
  switch (op) {
    case Op::conv:
      return "conv";
    case Op::bias_add:
      return "bias_add";
    case Op::prelu:
      return "prelu";
    case Op::relu:
      return "relu";
    case Op::add:
      return "add";
    case Op::concat:
      return "concat";
    case Op::slice:
      return "slice";
    case Op::mul:
      return "mul";
    case Op::mul_constant:
      return "mul_constant";
    case Op::clip:
      return "clip";
    case Op::pad:
      return "pad";
    case Op::maximum:
      return "maximum";
    case Op::minimum:
      return "minimum";
    case Op::max_pool:
      return "max_pool";
    case Op::depth_to_space:
      return "depth_to_space";
    case Op::space_to_depth:
      return "space_to_depth";
  }
  return "unknown";
}

int product_shift(const Graph& graph, const Layer& layer) {
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

namespace {

Status fail(const Layer& layer, const std::string& reason) {
  return Status::model("layer '" + layer.name + "' (" + op_name(layer.op) + "): " + reason);
}

bool arity_ok(const Layer& layer) {
  switch (layer.op) {
    case Op::add:
    case Op::mul:
    case Op::maximum:
    case Op::minimum:
      return layer.inputs.size() == 2;
    case Op::concat:
      return layer.inputs.size() >= 1 && layer.inputs.size() <= 255;
    default:
      return layer.inputs.size() == 1;
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
    default:
      return 0;
  }
}

Status check_channels(const Graph& graph, const Layer& layer) {
  const int in = graph.channels(layer.inputs[0]);
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
    case Op::add:
    case Op::mul:
    case Op::maximum:
    case Op::minimum:
      if (graph.channels(layer.inputs[1]) != in) return fail(layer, "operands differ in channels");
      break;
    default:
      break;
  }
  if (layer.channels != expected) return fail(layer, "result has a wrong number of channels");
  if (expected < 1 || expected > 4096) return fail(layer, "between 1 and 4096 channels are supported");
  return {};
}

Status check_window(const Layer& layer) {
  const Window& w = layer.window;
  if (layer.op == Op::conv || layer.op == Op::max_pool) {
    if (w.kernel_height < 1 || w.kernel_width < 1 || w.kernel_height > 31 || w.kernel_width > 31)
      return fail(layer, "kernel sizes of 1 to 31 are supported");
    if (w.stride_y < 1 || w.stride_x < 1 || w.stride_y > 8 || w.stride_x > 8)
      return fail(layer, "strides of 1 to 8 are supported");
    if (w.top >= w.kernel_height || w.bottom >= w.kernel_height || w.left >= w.kernel_width ||
        w.right >= w.kernel_width)
      return fail(layer, "padding is not smaller than the kernel");
  }
  if (layer.op == Op::max_pool && (w.top | w.left | w.bottom | w.right))
    return fail(layer, "padded max pooling is not supported");
  for (int side : {w.top, w.left, w.bottom, w.right})
    if (side < 0 || side > 4096) return fail(layer, "padding out of range");
  return {};
}

Status check_quantizer(const Graph& graph, const Layer& layer) {
  if (graph.type == ElementType::float32) return {};
  int low = graph.quantizer(layer.inputs[0]), high = low;
  for (int value : layer.inputs) {
    low = std::min(low, graph.quantizer(value));
    high = std::max(high, graph.quantizer(value));
  }
  int expected = low;
  if (layer.op == Op::bias_add) expected = layer.constant_quantizer;
  if (layer.op == Op::maximum || layer.op == Op::minimum) expected = high;
  if (layer.op == Op::conv || layer.op == Op::mul || layer.op == Op::mul_constant) expected = layer.quantizer;
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
  INLOOP_RETURN_IF_ERROR(check_channels(graph, layer));
  INLOOP_RETURN_IF_ERROR(check_window(layer));
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

namespace {

Status infer_layer(const Layer& layer, const std::vector<Shape>& shapes, Shape& out) {
  const Shape in = shapes[static_cast<size_t>(layer.inputs[0])];
  const Window& w = layer.window;
  out = {in.height, in.width, layer.channels};
  switch (layer.op) {
    case Op::conv:
    case Op::max_pool:
      if (in.height + w.top + w.bottom < w.kernel_height || in.width + w.left + w.right < w.kernel_width)
        out.height = 0;
      else
        out = {w.output_height(in.height), w.output_width(in.width), layer.channels};
      break;
    case Op::slice:
      out = {in.height - w.top - w.bottom, in.width - w.left - w.right, layer.channels};
      break;
    case Op::pad:
      out = {in.height + w.top + w.bottom, in.width + w.left + w.right, layer.channels};
      break;
    case Op::depth_to_space:
      out = {in.height * layer.block, in.width * layer.block, layer.channels};
      break;
    case Op::space_to_depth:
      if (in.height % layer.block || in.width % layer.block)
        return Status::config("layer '" + layer.name + "': size is no multiple of its block");
      out = {in.height / layer.block, in.width / layer.block, layer.channels};
      break;
    default:
      break;
  }
  if (out.height < 1 || out.width < 1)
    return Status::config("layer '" + layer.name + "' has an empty result: the input is too small");
  if (out.height > (1 << 20) || out.width > (1 << 20))
    return Status::config("layer '" + layer.name + "' is too large");
  for (int value : layer.inputs) {
    const Shape& other = shapes[static_cast<size_t>(value)];
    if (other.height != in.height || other.width != in.width)
      return Status::config("layer '" + layer.name + "': operands differ in size, " +
                            std::to_string(in.width) + "x" + std::to_string(in.height) + " and " +
                            std::to_string(other.width) + "x" + std::to_string(other.height));
  }
  return {};
}

}  // namespace

Status infer_shapes(const Graph& graph, int height, int width, std::vector<Shape>& shapes) {
  if (height < 1 || width < 1 || height > 65536 || width > 65536)
    return Status::config("input sizes of 1 to 65536 are supported");
  shapes.clear();
  for (const GraphInput& input : graph.inputs) shapes.push_back({height, width, input.channels});
  for (const Layer& layer : graph.layers) {
    Shape shape;
    INLOOP_RETURN_IF_ERROR(infer_layer(layer, shapes, shape));
    shapes.push_back(shape);
  }
  return {};
}

}  // namespace inloop::nn
