// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/cpu/plan/row_map.h"

#include <algorithm>

namespace inloop::nn {
namespace {

// Where a row reads more rows than this, the whole operand is kept, because the rows would cost time each.
constexpr int kMaxExtent = 64;

// One dimension, height or width, of a layer and of its operand.
struct Side {
  Dimension dimension;
  int size, kernel, stride, before, after;

  Side(const Layer& layer, const Shape& in, Dimension d)
      : dimension(d), size(d == kHeight ? in.height : in.width) {
    const Window& w = layer.window;
    const bool rows = d == kHeight;
    kernel = rows ? w.kernel_height : w.kernel_width;
    stride = rows ? w.stride_y : w.stride_x;
    before = rows ? w.top : w.left;
    after = rows ? w.bottom : w.right;
  }
  RowMap whole() const { return {0, 1, 0, size}; }
  RowMap bounded(const RowMap& map) const { return map.extent > kMaxExtent ? whole() : map; }
};

// `numerator` rows of the result come from `denominator` rows, plus one or two before and behind.
RowMap resized(const Resampling& resampling, const Side& side) {
  const Scale& scale = side.dimension == kHeight ? resampling.y : resampling.x;
  if (resampling.coordinates == Coordinates::align_corners) return side.whole();
  const int more = is_cubic(resampling.interpolation) ? 2 : 1;
  return side.bounded({scale.denominator, scale.numerator, more, scale.denominator + 2 * more});
}

// Maps blocks of rows where the outermost axis of the dimension remains the outermost one.
RowMap rearranged(const Rearrangement& r, const Side& side) {
  const auto& target = r.target[static_cast<size_t>(side.dimension)];
  size_t outer = 0;
  while (outer < r.axes.size() && r.axes[outer].source != side.dimension) ++outer;
  if (target.empty() || target[0] != static_cast<int>(outer) || r.axes[outer].size) return side.whole();
  int64_t from = 1, to = 1;
  for (size_t i = outer + 1; i < r.axes.size(); ++i)
    if (r.axes[i].source == side.dimension) from = std::min<int64_t>(from * r.axes[i].size, kMaxExtent + 1);
  for (size_t i = 1; i < target.size(); ++i) {
    const int size = r.axes[static_cast<size_t>(target[i])].size;
    if (!size) return side.whole();
    to = std::min<int64_t>(to * size, 1 << 20);
  }
  return side.bounded({static_cast<int>(from), static_cast<int>(to), 0, static_cast<int>(from)});
}

// Covers the distance of what a border of `before` and `after` samples repeats.
RowMap bordered(const Layer& layer, const Side& side, int before, int after) {
  if (layer.border == BorderMode::value) return {1, 1, before, 1};
  if (layer.border == BorderMode::wrap) return before || after ? side.whole() : RowMap{};
  const int reach = std::max(before, after) * (layer.border == BorderMode::reflect ? 2 : 1);
  return side.bounded({1, 1, before + reach, 2 * reach + 1});
}

RowMap map_of(const Layer& layer, size_t index, const Side& side) {
  const int extent = side.dimension == kHeight ? layer.extent.height : layer.extent.width;
  switch (layer.op) {
    case Op::conv:
    case Op::max_pool:
    case Op::average_pool:
      return {side.stride, 1, side.before, side.kernel};
    case Op::depth_to_space:
      return {1, layer.block, 0, 1};
    case Op::space_to_depth:
      return {layer.block, 1, 0, layer.block};
    case Op::reduce_mean:
    case Op::flip:
    case Op::join:
      return layer.axes & 1 << side.dimension ? side.whole() : RowMap{};
    case Op::resize:
      return resized(layer.resampling, side);
    case Op::grid_sample:
      return index == 0 ? side.whole() : RowMap{};
    case Op::expand:
      return side.size == 1 ? side.whole() : RowMap{};
    case Op::tile:
      return extent == 1 ? RowMap{} : side.whole();
    case Op::rearrange:
      return rearranged(layer.rearrangement, side);
    case Op::pad_border:
      return bordered(layer, side, side.before, side.after);
    case Op::pad_multiple:
      return bordered(layer, side, 0, extent - 1);
    case Op::resize_to:
      return side.whole();
    default:
      return {};  // elementwise
  }
}

}  // namespace

RowMap row_map(const Layer& layer, size_t index, const Shape& in) {
  return map_of(layer, index, Side(layer, in, kHeight));
}

RowMap column_map(const Layer& layer, size_t index, const Shape& in) {
  return map_of(layer, index, Side(layer, in, kWidth));
}

size_t operand_count(const Layer& layer) { return takes_size_of_second(layer.op) ? 1 : layer.inputs.size(); }

}  // namespace inloop::nn
