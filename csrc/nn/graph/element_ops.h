// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <optional>
#include <type_traits>

#include "nn/graph/element_rules.h"
#include "nn/graph/functions.h"
#include "nn/graph/graph.h"
#include "nn/graph/rearrangement.h"
#include "nn/graph/sampling.h"

namespace inloop::nn {

template <class T>
const std::vector<T>& constants_of(const Layer& layer) {
  if constexpr (std::is_same_v<T, float>)
    return layer.constant_f32;
  else
    return layer.constant;
}

// Computes single elements of the operations that are not worth a loop of their own. Source::at(operand, y,
// x, c) gives the elements of the operands, wherever they are: the reference executor reads whole tensors,
// the row executor the rows of a plan.
template <class T, class Source>
class ElementOps {
 public:
  using Wide = typename Rules<T>::Wide;

  // `in` are the shapes of the operands, `out` that of the result.
  ElementOps(const Graph& graph, const Layer& layer, const Shape* in, const Shape& out, const Source& source)
      : graph_(graph), layer_(layer), in_(in), out_(out), source_(source) {
    if (layer.op == Op::rearrange) index_.emplace(layer.rearrangement, in[0]);
  }

  T element(int y, int x, int c) const {
    switch (layer_.op) {
      case Op::max_pool:
        return max_pool(y, x, c);
      case Op::average_pool:
        return average_pool(y, x, c);
      case Op::reduce_mean:
        return reduce_mean(y, x, c);
      case Op::resize:
      case Op::resize_to:
        return resize(y, x, c);
      case Op::grid_sample:
        return grid_sample(y, x, c);
      case Op::expand:
        return at(0, in_[0].height == 1 ? 0 : y, in_[0].width == 1 ? 0 : x, in_[0].channels == 1 ? 0 : c);
      case Op::tile:
        return at(0, y % in_[0].height, x % in_[0].width, c % in_[0].channels);
      case Op::rearrange:
        return rearrange(y, x, c);
      case Op::constant:
        return constants_of<T>(layer_)[static_cast<size_t>((y * out_.width + x) * out_.channels + c)];
      case Op::flip:
        return at(0, layer_.axes & 1 << kHeight ? out_.height - 1 - y : y,
                  layer_.axes & 1 << kWidth ? out_.width - 1 - x : x, c);
      case Op::join:
        return join(y, x, c);
      case Op::crop_to:
        return at(0, y, x, c);
      case Op::pad_border:
      case Op::pad_multiple:
        return pad_border(y, x, c);
      default:
        return pointwise(y, x, c);
    }
  }

 private:
  using R = Rules<T>;

  T at(size_t operand, int y, int x, int c) const { return source_.at(operand, y, x, c); }
  int quantizer(size_t operand) const { return graph_.quantizer(layer_.inputs[operand]); }

  // Calls visit(y, x) for the samples of a window that are inside the input. Returns their number.
  template <class Visit>
  int in_window(int y, int x, Visit visit) const {
    const Window& w = layer_.window;
    int inside = 0;
    for (int ky = 0; ky < w.kernel_height; ++ky)
      for (int kx = 0; kx < w.kernel_width; ++kx) {
        const int iy = y * w.stride_y - w.top + ky, ix = x * w.stride_x - w.left + kx;
        if (iy < 0 || ix < 0 || iy >= in_[0].height || ix >= in_[0].width) continue;
        visit(iy, ix);
        ++inside;
      }
    return inside;
  }

  T max_pool(int y, int x, int c) const {
    std::optional<T> best;
    in_window(y, x,
              [&](int iy, int ix) { best = std::max(best.value_or(at(0, iy, ix, c)), at(0, iy, ix, c)); });
    return best.value_or(T{});
  }

  T average_pool(int y, int x, int c) const {
    const Window& w = layer_.window;
    Wide sum = 0;
    const int inside = in_window(y, x, [&](int iy, int ix) { sum += at(0, iy, ix, c); });
    const int count = layer_.count_padding ? w.kernel_height * w.kernel_width : std::max(inside, 1);
    return static_cast<T>(R::mean(sum, count));
  }

  T reduce_mean(int y, int x, int c) const {
    const auto range = [this](Dimension d, int index, int size) {
      const bool all = layer_.axes & 1 << d;
      return std::pair(all ? 0 : index, all ? size : index + 1);
    };
    const auto [y0, y1] = range(kHeight, y, in_[0].height);
    const auto [x0, x1] = range(kWidth, x, in_[0].width);
    const auto [c0, c1] = range(kChannels, c, in_[0].channels);
    Wide sum = 0;
    for (int iy = y0; iy < y1; ++iy)
      for (int ix = x0; ix < x1; ++ix)
        for (int ic = c0; ic < c1; ++ic) sum += at(0, iy, ix, ic);
    return static_cast<T>(R::mean(sum, int64_t{y1 - y0} * (x1 - x0) * (c1 - c0)));
  }

  T resize(int y, int x, int c) const {
    const Resampling r = resampling_of(layer_, in_[0], out_);
    if (r.interpolation == Interpolation::nearest)
      return at(0, nearest_source(r, r.y, y, in_[0].height, out_.height),
                nearest_source(r, r.x, x, in_[0].width, out_.width), c);
    if (is_cubic(r.interpolation)) return cubic(r, y, x, c);
    const Neighbours rows = bilinear_source(r, r.y, y, in_[0].height, out_.height);
    const Neighbours columns = bilinear_source(r, r.x, x, in_[0].width, out_.width);
    const typename R::Interpolator interpolate(rows.fraction, columns.fraction);
    return static_cast<T>(interpolate(at(0, rows.low, columns.low, c), at(0, rows.low, columns.high, c),
                                      at(0, rows.high, columns.low, c), at(0, rows.high, columns.high, c)));
  }

  T cubic(const Resampling& r, int y, int x, int c) const {
    const Quartet rows = cubic_source(r, r.y, y, in_[0].height, out_.height);
    const Quartet columns = cubic_source(r, r.x, x, in_[0].width, out_.width);
    Wide wy[4], wx[4], sum = 0;
    R::cubic_weights(rows.fraction, cubic_quarters(r.interpolation), wy);
    R::cubic_weights(columns.fraction, cubic_quarters(r.interpolation), wx);
    for (int i = 0; i < 4; ++i) {
      Wide line = 0;
      for (int j = 0; j < 4; ++j) line += at(0, rows.at[i], columns.at[j], c) * wx[j];
      sum += line * wy[i];
    }
    return static_cast<T>(R::weighted(sum));
  }

  T join(int y, int x, int c) const {
    const bool rows = layer_.axes == 1 << kHeight;
    int& index = rows ? y : x;
    size_t part = 0;
    for (; index >= (rows ? in_[part].height : in_[part].width); ++part)
      index -= rows ? in_[part].height : in_[part].width;
    return static_cast<T>(R::right(at(part, y, x, c), quantizer(part) - layer_.quantizer));
  }

  T grid_sample(int y, int x, int c) const {
    const GridSampling& grid = layer_.grid;
    const int height = in_[0].height, width = in_[0].width;
    const double gx = grid_coordinate(grid, static_cast<float>(at(1, y, x, 0)), width);
    const double gy = grid_coordinate(grid, static_cast<float>(at(1, y, x, 1)), height);
    const auto sample = [&](double py, double px) {
      const int iy = grid_index(grid, static_cast<int64_t>(py), height),
                ix = grid_index(grid, static_cast<int64_t>(px), width);
      return iy < 0 || ix < 0 ? 0.0 : static_cast<double>(at(0, iy, ix, c));
    };
    if (grid.interpolation == Interpolation::nearest)
      return static_cast<T>(sample(std::nearbyint(gy), std::nearbyint(gx)));
    const double y0 = std::floor(gy), x0 = std::floor(gx), wy = gy - y0, wx = gx - x0;
    return static_cast<T>((sample(y0, x0) * (1 - wx) + sample(y0, x0 + 1) * wx) * (1 - wy) +
                          (sample(y0 + 1, x0) * (1 - wx) + sample(y0 + 1, x0 + 1) * wx) * wy);
  }

  T rearrange(int y, int x, int c) const {
    int source[3] = {0, 0, 0};
    index_->add(kHeight, y, source);
    index_->add(kWidth, x, source);
    index_->add(kChannels, c, source);
    return at(0, source[0], source[1], source[2]);
  }

  T pad_border(int y, int x, int c) const {
    const int iy = border(y - layer_.window.top, in_[0].height),
              ix = border(x - layer_.window.left, in_[0].width);
    return iy < 0 || ix < 0 ? constants_of<T>(layer_)[0] : at(0, iy, ix, c);
  }

  int border(int index, int size) const {
    if (index >= 0 && index < size) return index;
    if (layer_.border == BorderMode::value) return -1;
    if (layer_.border == BorderMode::wrap) return (index % size + size) % size;
    if (layer_.border == BorderMode::edge) return std::clamp(index, 0, size - 1);
    return index < 0 ? -index : 2 * (size - 1) - index;
  }

  T pointwise(int y, int x, int c) const {
    const T a = at(0, y, x, c);
    const int q = layer_.quantizer;
    switch (layer_.op) {
      case Op::sub:
        return static_cast<T>(
            R::saturated(R::right(a, quantizer(0) - q) - R::right(at(1, y, x, c), quantizer(1) - q)));
      case Op::compare: {
        const int high = std::max(quantizer(0), quantizer(1));
        return static_cast<T>(compares(layer_.comparison, R::aligned(a, high - quantizer(0)),
                                       R::aligned(at(1, y, x, c), high - quantizer(1))));
      }
      case Op::select: {
        const size_t chosen = a != 0 ? 1 : 2;
        return static_cast<T>(R::right(at(chosen, y, x, c), quantizer(chosen) - q));
      }
      case Op::function: {
        auto value = static_cast<float>(a);
        apply_function(layer_.function, layer_.parameters, &value, &value, 1);
        return static_cast<T>(value);
      }
      case Op::table:
        return static_cast<T>(
            table_rule(layer_.constant.data(), static_cast<int64_t>(a), layer_.table_shift));
      default:
        return a;
    }
  }

  const Graph& graph_;
  const Layer& layer_;
  const Shape* in_;
  Shape out_;
  const Source& source_;
  std::optional<RearrangedIndex> index_;
};

}  // namespace inloop::nn
