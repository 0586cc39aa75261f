// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <iterator>
#include <limits>
#include <numeric>
#include <optional>
#include <type_traits>

#include "nn/cpu/run/row_ops.h"
#include "nn/graph/element_ops.h"
#include "nn/graph/rearrangement.h"

namespace inloop::nn {
namespace {

// Gives elements of the rows of a plan. It remembers where the last even and the last odd row of each operand
// begin.
template <class T>
class RowSource {
 public:
  explicit RowSource(const RowRing<T>* rings) : rings_(rings) {}

  T at(size_t operand, int y, int x, int c) const {
    const RowRing<T>& ring = rings_[operand];
    Last& last = last_[operand][y & 1];
    if (last.y != y) last = {y, ring.row(y)};
    return last.row[x * ring.step + c];
  }

 private:
  struct Last {
    int y = -1;
    const T* row = nullptr;
  };
  const RowRing<T>* rings_;
  mutable Last last_[3][2];
};

// Returns the kernel's name of a function, if there is one.
std::optional<VectorFunction> vector_function(Function function) {
  switch (function) {
    case Function::exp:
      return VectorFunction::exp;
    case Function::sigmoid:
      return VectorFunction::sigmoid;
    case Function::swish:
      return VectorFunction::swish;
    case Function::tanh:
      return VectorFunction::tanh;
    case Function::erf:
      return VectorFunction::erf;
    case Function::gelu:
      return VectorFunction::gelu;
    case Function::gelu_tanh:
      return VectorFunction::gelu_tanh;
    case Function::mish:
      return VectorFunction::mish;
    case Function::elu:
      return VectorFunction::elu;
    default:
      return {};
  }
}

// Computes one row of a layer. Operations that are common in networks have loops over the channels inside
// those over the pixels.
template <class T>
class ElementRow {
 public:
  ElementRow(const KernelTable& table, const Graph& graph, const Layer& layer, const RowRing<T>* inputs,
             const Shape* shapes, const Shape& result, const RowOut<T>& out)
      : table_(table),
        graph_(graph),
        layer_(layer),
        inputs_(inputs),
        shapes_(shapes),
        result_(result),
        out_(out) {}

  void run() const {
    switch (layer_.op) {
      case Op::sub:
        return sub();
      case Op::compare:
        return compare();
      case Op::select:
        return select();
      case Op::function:
      case Op::table:
        return function();
      case Op::expand:
        return expand();
      case Op::max_pool:
        return max_pool();
      case Op::average_pool:
        return average_pool();
      case Op::reduce_mean:
        return reduce_mean();
      case Op::tile:
        return tile();
      case Op::resize:
      case Op::resize_to:
        if (is_cubic(layer_.resampling.interpolation)) return cubic();
        return layer_.resampling.interpolation == Interpolation::nearest ? nearest() : bilinear();
      case Op::flip:
        return flip();
      case Op::rearrange:
        return columns_stay_in_their_row() ? rearrange() : any();
      case Op::join:
        return join();
      default:
        return any();
    }
  }

 private:
  using R = Rules<T>;
  using Wide = typename R::Wide;

  // Returns the pixel of an operand in the row of the result.
  const T* pixel(size_t operand, int x) const {
    return inputs_[operand].row(out_.row) + x * inputs_[operand].step;
  }
  int quantizer(size_t operand) const { return graph_.quantizer(layer_.inputs[operand]); }

  // Calls visit(pixel of the result, its column).
  template <class Visit>
  void for_pixels(Visit visit) const {
    T* y = out_.data;
    for (int x = 0; x < out_.pixels; ++x, y += out_.step) visit(y, out_.column + x);
  }

  template <class Operation>
  void pairs(Operation operation) const {
    const T *a = pixel(0, out_.column), *b = pixel(1, out_.column);
    for_pixels([&](T* y, int) {
      for (int c = 0; c < result_.channels; ++c) y[c] = static_cast<T>(operation(a[c], b[c]));
      a += inputs_[0].step;
      b += inputs_[1].step;
    });
  }

  void sub() const {
    const int s0 = quantizer(0) - layer_.quantizer, s1 = quantizer(1) - layer_.quantizer;
    using OfTwo = typename R::OfTwo;
    pairs([&](OfTwo a, OfTwo b) { return R::saturated(R::right(a, s0) - R::right(b, s1)); });
  }

  void compare() const {
    const int high = std::max(quantizer(0), quantizer(1)), s0 = high - quantizer(0), s1 = high - quantizer(1);
    pairs([&](Wide a, Wide b) { return compares(layer_.comparison, R::aligned(a, s0), R::aligned(b, s1)); });
  }

  void select() const {
    const int s1 = quantizer(1) - layer_.quantizer, s2 = quantizer(2) - layer_.quantizer;
    const T *condition = pixel(0, out_.column), *a = pixel(1, out_.column), *b = pixel(2, out_.column);
    for_pixels([&](T* y, int) {
      for (int c = 0; c < result_.channels; ++c)
        y[c] = static_cast<T>(condition[c] != 0 ? R::right(a[c], s1) : R::right(b[c], s2));
      condition += inputs_[0].step;
      a += inputs_[1].step;
      b += inputs_[2].step;
    });
  }

  void apply(const T* x, T* y, int count) const {
    if constexpr (std::is_same_v<T, float>) {
      const float* parameters = layer_.parameters;
      if (const auto kernel = vector_function(layer_.function))
        table_.function_f32(*kernel, parameters[0], parameters[1], x, y, count);
      else
        apply_function(layer_.function, parameters, x, y, count);
    } else {
      table_.table_i16(layer_.constant.data(), layer_.table_shift, x, y, count);
    }
  }

  void function() const {
    const T* x = pixel(0, out_.column);
    if (inputs_[0].step == result_.channels && out_.step == result_.channels)
      return apply(x, out_.data, out_.pixels * result_.channels);
    for_pixels([&](T* y, int) {
      apply(x, y, result_.channels);
      x += inputs_[0].step;
    });
  }

  void expand() const {
    const Shape& in = shapes_[0];
    const T* row = inputs_[0].row(in.height == 1 ? 0 : out_.row);
    for_pixels([&](T* y, int x) {
      const T* source = row + (in.width == 1 ? 0 : x) * inputs_[0].step;
      if (in.channels == 1)
        std::fill_n(y, result_.channels, *source);
      else
        std::copy_n(source, result_.channels, y);
    });
  }

  // The samples of a window that are inside the input: rows y0 to y1 and columns x0 to x1.
  struct Inside {
    int y0, y1, x0, x1;
    int64_t count() const { return int64_t{y1 - y0} * (x1 - x0); }
  };
  Inside window_at(int x) const {
    const Window& w = layer_.window;
    const int top = out_.row * w.stride_y - w.top, left = x * w.stride_x - w.left;
    return {std::max(top, 0), std::min(top + w.kernel_height, shapes_[0].height), std::max(left, 0),
            std::min(left + w.kernel_width, shapes_[0].width)};
  }

  Inside averaged_at(int x) const {
    const Shape& in = shapes_[0];
    const bool all_rows = layer_.axes & 1 << kHeight, all_columns = layer_.axes & 1 << kWidth;
    return {all_rows ? 0 : out_.row, all_rows ? in.height : out_.row + 1, all_columns ? 0 : x,
            all_columns ? in.width : x + 1};
  }

  // Sets y = finish(the combined samples of the region, the region), for some channels at a time.
  template <class Sum, class Region, class Combine, class Finish>
  void pool(Sum begin, Region region, Combine combine, Finish finish) const {
    constexpr int kAtOnce = 32;
    for_pixels([&](T* y, int x) {
      const Inside inside = region(x);
      for (int first = 0; first < result_.channels; first += kAtOnce) {
        const int count = std::min(kAtOnce, result_.channels - first);
        Sum sums[kAtOnce];
        std::fill_n(sums, kAtOnce, begin);
        for (int iy = inside.y0; iy < inside.y1; ++iy) {
          const T* source = inputs_[0].row(iy) + inside.x0 * inputs_[0].step + first;
          for (int ix = inside.x0; ix < inside.x1; ++ix, source += inputs_[0].step)
            for (int c = 0; c < count; ++c) sums[c] = combine(sums[c], source[c]);
        }
        for (int c = 0; c < count; ++c) y[first + c] = finish(sums[c], inside);
      }
    });
  }

  void max_pool() const {
    using Limits = std::numeric_limits<T>;
    pool(
        Limits::has_infinity ? -Limits::infinity() : Limits::lowest(), [this](int x) { return window_at(x); },
        [](T best, T v) { return std::max(best, v); },
        [](T best, const Inside& inside) { return inside.count() > 0 ? best : T{}; });
  }

  void average_pool() const {
    using Sum = std::conditional_t<std::is_same_v<T, float>, double, int32_t>;  // 31 x 31 samples fit
    const Window& w = layer_.window;
    const int whole = layer_.count_padding ? w.kernel_height * w.kernel_width : 0;
    pool(
        Sum{}, [this](int x) { return window_at(x); }, [](Sum sum, T v) { return sum + v; },
        [whole](Sum sum, const Inside& inside) {
          return static_cast<T>(R::mean(sum, whole ? whole : std::max<int64_t>(inside.count(), 1)));
        });
  }

  // Integers of a row may need 64 bits.
  void reduce_mean() const {
    if (layer_.axes & 1 << kChannels) return reduce_mean_of_channels();
    pool(
        Wide{}, [this](int x) { return averaged_at(x); }, [](Wide sum, T v) { return sum + v; },
        [](Wide sum, const Inside& inside) { return static_cast<T>(R::mean(sum, inside.count())); });
  }

  // Several sums, each of every eighth channel, so that an addition need not wait for the one before it.
  void reduce_mean_of_channels() const {
    constexpr int kSums = 8;
    const int channels = shapes_[0].channels;
    for_pixels([&](T* y, int x) {
      const Inside inside = averaged_at(x);
      Wide sums[kSums] = {};
      for (int iy = inside.y0; iy < inside.y1; ++iy) {
        const T* source = inputs_[0].row(iy) + inside.x0 * inputs_[0].step;
        for (int ix = inside.x0; ix < inside.x1; ++ix, source += inputs_[0].step) {
          int c = 0;
          for (; c + kSums <= channels; c += kSums)
            for (int i = 0; i < kSums; ++i) sums[i] += source[c + i];
          for (int i = 0; c < channels; ++i, ++c) sums[i] += source[c];
        }
      }
      *y = static_cast<T>(R::mean(std::accumulate(sums, sums + kSums, Wide{}), inside.count() * channels));
    });
  }

  void tile() const {
    const Shape& in = shapes_[0];
    const T* row = inputs_[0].row(out_.row % in.height);
    for_pixels([&](T* y, int x) {
      const T* source = row + x % in.width * inputs_[0].step;
      for (int c = 0; c < result_.channels; c += in.channels) std::copy_n(source, in.channels, y + c);
    });
  }

  void nearest() const {
    const Resampling r = resampling_of(layer_, shapes_[0], result_);
    const T* row = inputs_[0].row(nearest_source(r, r.y, out_.row, shapes_[0].height, result_.height));
    for_pixels([&](T* y, int x) {
      const int source = nearest_source(r, r.x, x, shapes_[0].width, result_.width);
      std::copy_n(row + source * inputs_[0].step, result_.channels, y);
    });
  }

  void bilinear() const {
    if constexpr (std::is_same_v<T, float>)
      bilinear_row(table_.bilinear_row_f32,
                   [](const Fraction& at) { return static_cast<float>(at.value()); });
    else
      bilinear_row(table_.bilinear_row_i16, [](const Fraction& at) { return static_cast<int>(at.weight()); });
  }

  // Goes through the row in pieces whose columns have room on the stack.
  template <class Weight, class WeightOf>
  void bilinear_row(void (*kernel)(const BilinearRowOf<T, Weight>&), WeightOf weight_of) const {
    const Resampling r = resampling_of(layer_, shapes_[0], result_);
    const Neighbours rows = bilinear_source(r, r.y, out_.row, shapes_[0].height, result_.height);
    BilinearColumnOf<Weight> columns[64];
    BilinearRowOf<T, Weight> row{.upper = inputs_[0].row(rows.low),
                                 .lower = inputs_[0].row(rows.high),
                                 .weight = weight_of(rows.fraction),
                                 .columns = columns,
                                 .channels = result_.channels,
                                 .out_step = out_.step};
    for (int first = 0; first < out_.pixels; first += row.pixels) {
      row.pixels = std::min<int>(std::size(columns), out_.pixels - first);
      row.out = out_.data + first * out_.step;
      for (int i = 0; i < row.pixels; ++i) {
        const Neighbours at =
            bilinear_source(r, r.x, out_.column + first + i, shapes_[0].width, result_.width);
        columns[i] = {at.low * inputs_[0].step, at.high * inputs_[0].step, weight_of(at.fraction)};
      }
      kernel(row);
    }
  }

  void cubic() const {
    const Resampling r = resampling_of(layer_, shapes_[0], result_);
    const int quarters = cubic_quarters(r.interpolation);
    const Quartet rows = cubic_source(r, r.y, out_.row, shapes_[0].height, result_.height);
    Wide wy[4], wx[4];
    R::cubic_weights(rows.fraction, quarters, wy);
    const T* lines[4];
    for (int i = 0; i < 4; ++i) lines[i] = inputs_[0].row(rows.at[i]);
    for_pixels([&](T* y, int x) {
      const Quartet columns = cubic_source(r, r.x, x, shapes_[0].width, result_.width);
      R::cubic_weights(columns.fraction, quarters, wx);
      ptrdiff_t at[4];
      for (int j = 0; j < 4; ++j) at[j] = columns.at[j] * inputs_[0].step;
      for (int c = 0; c < result_.channels; ++c) {
        Wide sum = 0;
        for (int i = 0; i < 4; ++i) {
          const T* line = lines[i] + c;
          sum +=
              (line[at[0]] * wx[0] + line[at[1]] * wx[1] + line[at[2]] * wx[2] + line[at[3]] * wx[3]) * wy[i];
        }
        y[c] = static_cast<T>(R::weighted(sum));
      }
    });
  }

  void flip() const {
    const T* row = inputs_[0].row(layer_.axes & 1 << kHeight ? result_.height - 1 - out_.row : out_.row);
    const bool mirrored = layer_.axes & 1 << kWidth;
    for_pixels([&](T* y, int x) {
      std::copy_n(row + (mirrored ? result_.width - 1 - x : x) * inputs_[0].step, result_.channels, y);
    });
  }

  // Returns whether no column of the result comes from another row than the first one does.
  bool columns_stay_in_their_row() const {
    const Rearrangement& r = layer_.rearrangement;
    const auto& columns = r.target[kWidth];
    return std::none_of(columns.begin(), columns.end(),
                        [&r](int axis) { return r.axes[static_cast<size_t>(axis)].source == kHeight; });
  }

  // Where a channel comes from is found once a row, for as many at a time as have room on the stack.
  void rearrange() const {
    const RearrangedIndex index(layer_.rearrangement, shapes_[0]);
    const ptrdiff_t step = inputs_[0].step;
    const T* places[256];
    int count = 0;
    for (int first = 0; first < result_.channels; first += count) {
      count = std::min<int>(std::size(places), result_.channels - first);
      for (int c = 0; c < count; ++c) {
        int source[3] = {};
        index.add(kHeight, out_.row, source);
        index.add(kChannels, first + c, source);
        places[c] = inputs_[0].row(source[0]) + source[1] * step + source[2];
      }
      for_pixels([&](T* y, int x) {
        int source[3] = {};
        index.add(kWidth, x, source);
        const ptrdiff_t offset = source[1] * step + source[2];
        for (int c = 0; c < count; ++c) y[first + c] = places[c][offset];
      });
    }
  }

  void join() const {
    const bool rows = layer_.axes == 1 << kHeight;
    size_t part = 0;
    int row = out_.row, begin = 0;
    while (rows && row >= shapes_[part].height) row -= shapes_[part++].height;
    for_pixels([&](T* y, int x) {
      while (!rows && x >= begin + shapes_[part].width) begin += shapes_[part++].width;
      const T* source = inputs_[part].row(row) + (x - begin) * inputs_[part].step;
      const int shift = quantizer(part) - layer_.quantizer;
      for (int c = 0; c < result_.channels; ++c) y[c] = static_cast<T>(R::right(source[c], shift));
    });
  }

  void any() const {
    const RowSource<T> source(inputs_);
    const ElementOps<T, RowSource<T>> ops(graph_, layer_, shapes_, result_, source);
    for_pixels([&](T* y, int x) {
      for (int c = 0; c < result_.channels; ++c) y[c] = ops.element(out_.row, x, c);
    });
  }

  const KernelTable& table_;
  const Graph& graph_;
  const Layer& layer_;
  const RowRing<T>* inputs_;
  const Shape* shapes_;
  const Shape& result_;
  const RowOut<T>& out_;
};

}  // namespace

template <class T>
void run_element_row(const KernelTable& table, const Graph& graph, const Layer& layer,
                     const RowRing<T>* inputs, const Shape* shapes, const Shape& result,
                     const RowOut<T>& out) {
  ElementRow<T>(table, graph, layer, inputs, shapes, result, out).run();
}

template void run_element_row(const KernelTable&, const Graph&, const Layer&, const RowRing<int16_t>*,
                              const Shape*, const Shape&, const RowOut<int16_t>&);
template void run_element_row(const KernelTable&, const Graph&, const Layer&, const RowRing<float>*,
                              const Shape*, const Shape&, const RowOut<float>&);

}  // namespace inloop::nn
