// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/graph/layer_reader.h"

#include <algorithm>

namespace inloop::nn {
namespace {

void read_window(ByteReader& in, Window& window) {
  for (int* field : {&window.kernel_height, &window.kernel_width, &window.stride_y, &window.stride_x,
                     &window.top, &window.left, &window.bottom, &window.right})
    *field = in.u8();
}

void read_sides(ByteReader& in, Window& window) {
  for (int* field : {&window.top, &window.left, &window.bottom, &window.right}) *field = in.u16();
}

void read_constant(ByteReader& in, ElementType type, Layer& layer) {
  layer.constant_quantizer = in.i8();
  const auto count = in.number<uint32_t>();
  if (type == ElementType::int16)
    in.array(count, layer.constant);
  else
    in.array(count, layer.constant_f32);
}

void read_resampling(ByteReader& in, Resampling& resampling) {
  resampling.interpolation = static_cast<Interpolation>(in.u8());
  resampling.coordinates = static_cast<Coordinates>(in.u8());
  resampling.nearest = static_cast<NearestMode>(in.u8());
  resampling.pytorch = in.u8() != 0;
  for (Scale* scale : {&resampling.y, &resampling.x}) {
    scale->numerator = in.u16();
    scale->denominator = in.u16();
  }
}

void read_rearrangement(ByteReader& in, Layer& layer) {
  Rearrangement& r = layer.rearrangement;
  r.axes.resize(static_cast<size_t>(in.u8()));
  for (Rearrangement::Axis& axis : r.axes) {
    axis.source = static_cast<Dimension>(in.u8());
    axis.size = in.u16();
  }
  int64_t channels = 1;
  for (size_t d = 0; d < 3; ++d) {
    r.target[d].resize(static_cast<size_t>(in.u8()));
    for (int& axis : r.target[d]) {
      axis = in.u8();
      if (d == kChannels && axis < static_cast<int>(r.axes.size()))
        channels = std::min<int64_t>(channels * r.axes[static_cast<size_t>(axis)].size, 1 << 24);
    }
  }
  layer.channels = static_cast<int>(channels);
}

// Channels of the result where the op's own fields do not say them; check_graph() checks them all afterwards.
int derived_channels(const Graph& graph, const Layer& layer) {
  if (layer.op == Op::concat) {
    int sum = 0;
    for (int value : layer.inputs) sum += graph.channels(value);
    return sum;
  }
  const int in = graph.channels(layer.inputs[0]);
  if (layer.op == Op::depth_to_space) return layer.block ? in / (layer.block * layer.block) : 0;
  if (layer.op == Op::space_to_depth) return in * layer.block * layer.block;
  if (layer.op == Op::reduce_mean) return layer.mean_axes & 1 << kChannels ? 1 : in;
  if (layer.op == Op::tile) return in * layer.extent.channels;
  return in;
}

bool read_fields(ByteReader& in, ElementType type, Layer& layer) {
  switch (layer.op) {
    case Op::conv:
      layer.channels = in.u16();
      layer.groups = in.u16();
      read_window(in, layer.window);
      read_constant(in, type, layer);
      return true;
    case Op::bias_add:
    case Op::prelu:
    case Op::mul_constant:
    case Op::clip:
      read_constant(in, type, layer);
      return true;
    case Op::slice:
      layer.channel_begin = in.u16();
      layer.channels = in.u16();
      read_sides(in, layer.window);
      return true;
    case Op::pad:
      read_sides(in, layer.window);
      return true;
    case Op::max_pool:
      read_window(in, layer.window);
      return true;
    case Op::depth_to_space:
      layer.block = in.u8();
      layer.column_row_depth = in.u8() != 0;
      return true;
    case Op::space_to_depth:
      layer.block = in.u8();
      return true;
    case Op::average_pool:
      read_window(in, layer.window);
      layer.count_padding = in.u8() != 0;
      return true;
    case Op::reduce_mean:
      layer.mean_axes = in.u8();
      return true;
    case Op::resize:
      read_resampling(in, layer.resampling);
      return true;
    case Op::grid_sample:
      layer.grid.interpolation = static_cast<Interpolation>(in.u8());
      layer.grid.padding = static_cast<GridPadding>(in.u8());
      layer.grid.align_corners = in.u8() != 0;
      return true;
    case Op::function:
      layer.function = static_cast<Function>(in.u8());
      for (float& parameter : layer.parameters) parameter = in.number<float>();
      return true;
    case Op::table:
      layer.table_shift = in.u8();
      read_constant(in, type, layer);
      return true;
    case Op::compare:
      layer.comparison = static_cast<Comparison>(in.u8());
      return true;
    case Op::expand:
      layer.channels = in.u16();
      return true;
    case Op::tile:
      layer.extent = {in.u16(), in.u16(), in.u16()};
      return true;
    case Op::rearrange:
      read_rearrangement(in, layer);
      return true;
    case Op::constant:
      layer.extent.height = in.u16();
      layer.extent.width = in.u16();
      layer.channels = in.u16();
      read_constant(in, type, layer);
      return true;
    case Op::pad_border:
      layer.border = static_cast<BorderMode>(in.u8());
      read_sides(in, layer.window);
      read_constant(in, type, layer);
      return true;
    case Op::relu:
    case Op::add:
    case Op::sub:
    case Op::select:
    case Op::concat:
    case Op::mul:
    case Op::maximum:
    case Op::minimum:
      return true;
  }
  return false;
}

}  // namespace

Status read_layer(ByteReader& in, size_t index, Graph& graph) {
  Layer layer;
  const std::string where = "layer " + std::to_string(index);
  layer.name = where;
  layer.op = static_cast<Op>(in.u8());
  const int inputs = in.u8();
  if (in.failed() || (inputs == 0 && layer.op != Op::constant))
    return Status::model(where + " is truncated or has no inputs");
  for (int i = 0; i < inputs; ++i) {
    layer.inputs.push_back(in.u16());
    if (layer.inputs.back() >= graph.value_count())
      return Status::model(where + " reads a value that does not exist yet");
  }
  layer.quantizer = in.i8();
  if (!read_fields(in, graph.type, layer))
    return Status::model(where + ": unknown operation " + std::to_string(static_cast<int>(layer.op)));
  if (in.failed()) return Status::model(where + " is truncated");
  if (!layer.channels && inputs) layer.channels = derived_channels(graph, layer);
  if (layer.channels < 1 || layer.channels > 4096)
    return Status::model(where + ": between 1 and 4096 channels are supported");
  graph.layers.push_back(std::move(layer));
  return {};
}

}  // namespace inloop::nn
