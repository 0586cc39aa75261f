// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>

#include "nn/graph/graph.h"
#include "nn/graph/rearrangement.h"

namespace inloop::nn {
namespace {

constexpr int64_t kMaxRows = 1 << 24;  // of all values together, which limits the schedule of a plan

Status disagree(const Layer& layer, const Shape& a, const Shape& b) {
  return Status::config("layer '" + layer.name + "': operands differ in size, " + std::to_string(a.width) +
                        "x" + std::to_string(a.height) + " and " + std::to_string(b.width) + "x" +
                        std::to_string(b.height));
}

Shape windowed(const Layer& layer, const Shape& in) {
  const Window& w = layer.window;
  if (in.height + w.top + w.bottom < w.kernel_height || in.width + w.left + w.right < w.kernel_width)
    return {};
  return {w.output_height(in.height), w.output_width(in.width), layer.channels};
}

Status infer_rearranged(const Layer& layer, const Shape& in, Shape& out) {
  AxisSizes sizes{};
  if (!axis_sizes(layer.rearrangement, in, sizes))
    return Status::config("layer '" + layer.name + "': the size does not divide into its axes");
  int64_t product[3] = {1, 1, 1};
  for (size_t d = 0; d < 3; ++d)
    for (int axis : layer.rearrangement.target[d])
      product[d] = std::min<int64_t>(product[d] * sizes[static_cast<size_t>(axis)], kMaxSide + 1);
  out = {static_cast<int>(product[0]), static_cast<int>(product[1]), layer.channels};
  return {};
}

// The result has the size of the second operand, to which the first one is expanded.
Status infer_expanded(const Layer& layer, const Shape& in, const Shape& like, Shape& out) {
  if ((in.height != 1 && in.height != like.height) || (in.width != 1 && in.width != like.width))
    return disagree(layer, in, like);
  out = {like.height, like.width, layer.channels};
  return {};
}

// The result has the height, the width, or both, of the second operand, which the first one must not fall
// short of.
Status infer_cropped(const Layer& layer, const Shape& in, const Shape& like, Shape& out) {
  out = in;
  if (layer.axes & 1 << kHeight) out.height = like.height;
  if (layer.axes & 1 << kWidth) out.width = like.width;
  return in.height < out.height || in.width < out.width ? disagree(layer, in, like) : Status();
}

int next_multiple(int size, int of) {
  return static_cast<int>(std::min<int64_t>((int64_t{size} + of - 1) / of * of, kMaxSide + 1));
}

Status infer_multiple(const Layer& layer, const Shape& in, Shape& out) {
  out = {next_multiple(in.height, layer.extent.height), next_multiple(in.width, layer.extent.width),
         layer.channels};
  if (layer.border == BorderMode::reflect && (out.height >= 2 * in.height || out.width >= 2 * in.width))
    return Status::config("layer '" + layer.name + "': cannot reflect more than the input has");
  return {};
}

// The operands follow each other along one dimension; the other one must agree.
Status infer_joined(const Layer& layer, const std::vector<Shape>& shapes, Shape& out) {
  const bool rows = layer.axes == 1 << kHeight;
  int sum = 0;
  for (int value : layer.inputs) {
    const Shape& part = shapes[static_cast<size_t>(value)];
    if (rows ? part.width != out.width : part.height != out.height) return disagree(layer, out, part);
    sum += rows ? part.height : part.width;
  }
  (rows ? out.height : out.width) = sum;
  return {};
}

Status infer_resized(const Layer& layer, const std::vector<Shape>& shapes, Shape& out) {
  const Shape in = shapes[static_cast<size_t>(layer.inputs[0])];
  const Window& w = layer.window;
  const int block = layer.block;
  switch (layer.op) {
    case Op::conv:
    case Op::max_pool:
    case Op::average_pool:
      out = windowed(layer, in);
      return {};
    case Op::slice:
      out = {in.height - w.top - w.bottom, in.width - w.left - w.right, layer.channels};
      return {};
    case Op::pad_border:
      if (layer.border == BorderMode::reflect &&
          (std::max(w.top, w.bottom) >= in.height || std::max(w.left, w.right) >= in.width))
        return Status::config("layer '" + layer.name + "': cannot reflect more than the input has");
      [[fallthrough]];
    case Op::pad:
      out = {in.height + w.top + w.bottom, in.width + w.left + w.right, layer.channels};
      return {};
    case Op::depth_to_space:
      out = {in.height * block, in.width * block, layer.channels};
      return {};
    case Op::space_to_depth:
      if (in.height % block || in.width % block)
        return Status::config("layer '" + layer.name + "': size is no multiple of its block");
      out = {in.height / block, in.width / block, layer.channels};
      return {};
    case Op::reduce_mean:
      if (layer.axes & 1 << kHeight) out.height = 1;
      if (layer.axes & 1 << kWidth) out.width = 1;
      return {};
    case Op::resize:
      out = {layer.resampling.y.output(in.height), layer.resampling.x.output(in.width), layer.channels};
      return {};
    case Op::crop_to:
      return infer_cropped(layer, in, shapes[static_cast<size_t>(layer.inputs[1])], out);
    case Op::pad_multiple:
      return infer_multiple(layer, in, out);
    case Op::resize_to:
    case Op::grid_sample:
      out = shapes[static_cast<size_t>(layer.inputs[1])];
      out.channels = layer.channels;
      return {};
    case Op::join:
      return infer_joined(layer, shapes, out);
    case Op::expand:
      return infer_expanded(layer, in, shapes[static_cast<size_t>(layer.inputs[1])], out);
    case Op::tile:
      out.height =
          static_cast<int>(std::min<int64_t>(int64_t{in.height} * layer.extent.height, kMaxSide + 1));
      out.width = static_cast<int>(std::min<int64_t>(int64_t{in.width} * layer.extent.width, kMaxSide + 1));
      return {};
    case Op::rearrange:
      return infer_rearranged(layer, in, out);
    default:
      return {};
  }
}

Status infer_layer(const Layer& layer, const std::vector<Shape>& shapes, Shape& out) {
  if (layer.op == Op::constant) {
    out = {layer.extent.height, layer.extent.width, layer.channels};
  } else {
    const Shape in = shapes[static_cast<size_t>(layer.inputs[0])];
    out = {in.height, in.width, layer.channels};
    INLOOP_RETURN_IF_ERROR(infer_resized(layer, shapes, out));
  }
  if (out.height < 1 || out.width < 1)
    return Status::config("layer '" + layer.name + "' has an empty result: the input is too small");
  if (out.height > kMaxSide || out.width > kMaxSide)
    return Status::config("layer '" + layer.name + "' is too large");
  if (!is_pointwise(layer.op)) return {};
  for (int value : layer.inputs) {
    const Shape &first = shapes[static_cast<size_t>(layer.inputs[0])],
                &other = shapes[static_cast<size_t>(value)];
    if (other.height != first.height || other.width != first.width) return disagree(layer, first, other);
  }
  return {};
}

}  // namespace

Status infer_shapes(const Graph& graph, int height, int width, std::vector<Shape>& shapes) {
  if (height < 1 || width < 1 || height > 65536 || width > 65536)
    return Status::config("input sizes of 1 to 65536 are supported");
  shapes.clear();
  int64_t rows = 0;
  for (const GraphInput& input : graph.inputs) shapes.push_back({height, width, input.channels});
  for (const Layer& layer : graph.layers) {
    Shape shape;
    INLOOP_RETURN_IF_ERROR(infer_layer(layer, shapes, shape));
    rows += shape.height;
    if (rows > kMaxRows) return Status::config("the network is too large at this size");
    shapes.push_back(shape);
  }
  return {};
}

}  // namespace inloop::nn
