// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/row_map.h"

#include <algorithm>

#include "nn/row_ops.h"

namespace inloop::nn {
namespace {

constexpr int kMaxExtent = 64;  // from here on the whole operand is kept: more would cost time for every row

RowMap whole(const Shape& in) { return {0, 1, 0, in.height}; }

RowMap bounded(const RowMap& map, const Shape& in) { return map.extent > kMaxExtent ? whole(in) : map; }

// `numerator` rows of the result come from `denominator` rows, one more before and one behind.
RowMap resized(const Resampling& resampling, const Shape& in) {
  const Scale& scale = resampling.y;
  if (resampling.coordinates == Coordinates::align_corners) return whole(in);
  return bounded({scale.denominator, scale.numerator, 1, scale.denominator + 2}, in);
}

// Blocks of rows where the outermost axis of the height stays the outermost one.
RowMap rearranged(const Rearrangement& r, const Shape& in) {
  const auto& target = r.target[kHeight];
  if (r.axes.empty() || target.empty() || target[0] != 0 || r.axes[0].source != kHeight || r.axes[0].size)
    return whole(in);
  int64_t from = 1, to = 1;
  for (size_t i = 1; i < r.axes.size(); ++i)
    if (r.axes[i].source == kHeight) from = std::min<int64_t>(from * r.axes[i].size, kMaxExtent + 1);
  for (size_t i = 1; i < target.size(); ++i) {
    const int size = r.axes[static_cast<size_t>(target[i])].size;
    if (!size) return whole(in);
    to = std::min<int64_t>(to * size, 1 << 20);
  }
  return bounded({static_cast<int>(from), static_cast<int>(to), 0, static_cast<int>(from)}, in);
}

// The distance of what a border repeats.
RowMap bordered(const Layer& layer, const Shape& in) {
  const Window& w = layer.window;
  if (layer.border == BorderMode::value) return {1, 1, w.top, 1};
  const int reach = std::max(w.top, w.bottom) * (layer.border == BorderMode::reflect ? 2 : 1);
  return bounded({1, 1, w.top + reach, 2 * reach + 1}, in);
}

}  // namespace

RowMap row_map(const Layer& layer, size_t index, const Shape& in) {
  const Window& w = layer.window;
  switch (layer.op) {
    case Op::conv:
    case Op::max_pool:
    case Op::average_pool:
      return {w.stride_y, 1, w.top, w.kernel_height};
    case Op::depth_to_space:
      return {1, layer.block, 0, 1};
    case Op::space_to_depth:
      return {layer.block, 1, 0, layer.block};
    case Op::reduce_mean:
      return layer.mean_axes & 1 << kHeight ? whole(in) : RowMap{};
    case Op::resize:
      return resized(layer.resampling, in);
    case Op::grid_sample:
      return index == 0 ? whole(in) : RowMap{};
    case Op::expand:
      return in.height == 1 ? whole(in) : RowMap{};
    case Op::tile:
      return layer.extent.height == 1 ? RowMap{} : whole(in);
    case Op::rearrange:
      return rearranged(layer.rearrangement, in);
    case Op::pad_border:
      return bordered(layer, in);
    default:
      return {};  // elementwise
  }
}

RowMap column_map(const Layer& layer, size_t index, const Shape& in) {
  const Window& w = layer.window;
  if (is_element_layer(layer)) return {0, 1, 0, in.width};
  if (layer.op == Op::conv || layer.op == Op::max_pool) return {w.stride_x, 1, w.left, w.kernel_width};
  return row_map(layer, index, in);
}

size_t operand_count(const Layer& layer) { return layer.op == Op::expand ? 1 : layer.inputs.size(); }

}  // namespace inloop::nn
