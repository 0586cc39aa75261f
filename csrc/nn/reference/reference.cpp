// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/reference/reference.h"

#include <algorithm>

#include "nn/graph/element_ops.h"

namespace inloop::nn {
namespace {

constexpr size_t kMaxElements = size_t{1} << 30;

size_t elements(const Shape& shape) {
  return static_cast<size_t>(shape.height) * static_cast<size_t>(shape.width) *
         static_cast<size_t>(shape.channels);
}

template <class T>
struct Tensor {
  Shape shape;
  std::vector<T> data;

  explicit Tensor(Shape s) : shape(s), data(elements(s)) {}
  size_t index(int y, int x, int c) const {
    return (static_cast<size_t>(y) * static_cast<size_t>(shape.width) + static_cast<size_t>(x)) *
               static_cast<size_t>(shape.channels) +
           static_cast<size_t>(c);
  }
  T at(int y, int x, int c) const { return data[index(y, x, c)]; }
  bool inside(int y, int x) const { return y >= 0 && x >= 0 && y < shape.height && x < shape.width; }
};

template <class T>
struct TensorSource {
  std::vector<const Tensor<T>*> operands;
  T at(size_t operand, int y, int x, int c) const { return operands[operand]->at(y, x, c); }
};

// Computes one layer.
template <class T>
class Reference {
 public:
  Reference(const Graph& graph, const Layer& layer, const std::vector<Tensor<T>>& values)
      : graph_(graph), layer_(layer) {
    for (int value : layer.inputs) source_.operands.push_back(&values[static_cast<size_t>(value)]);
  }

  void run(Tensor<T>& out) const {
    std::vector<Shape> shapes;
    for (const Tensor<T>* operand : source_.operands) shapes.push_back(operand->shape);
    const ElementOps<T, TensorSource<T>> ops(graph_, layer_, shapes.data(), out.shape, source_);
    const bool has = is_element_op(layer_.op);
    for (int y = 0; y < out.shape.height; ++y)
      for (int x = 0; x < out.shape.width; ++x)
        for (int c = 0; c < out.shape.channels; ++c)
          out.data[out.index(y, x, c)] = has ? ops.element(y, x, c) : static_cast<T>(element(y, x, c));
  }

 private:
  using R = Rules<T>;
  using Wide = typename R::Wide;

  const Tensor<T>& operand(size_t i) const { return *source_.operands[i]; }
  int quantizer(size_t i) const { return graph_.quantizer(layer_.inputs[i]); }
  Wide constant(size_t i) const { return constants_of<T>(layer_)[i]; }

  Wide conv(int y, int x, int c) const {
    const Tensor<T>& in = operand(0);
    const Window& w = layer_.window;
    const int per_group = in.shape.channels / layer_.groups;
    const int first = c / (layer_.channels / layer_.groups) * per_group;
    Wide sum = 0;
    for (int ky = 0; ky < w.kernel_height; ++ky)
      for (int kx = 0; kx < w.kernel_width; ++kx) {
        const int iy = y * w.stride_y - w.top + ky, ix = x * w.stride_x - w.left + kx;
        if (!in.inside(iy, ix)) continue;
        for (int i = 0; i < per_group; ++i) {
          const int weight = ((c * w.kernel_height + ky) * w.kernel_width + kx) * per_group + i;
          sum += Wide(in.at(iy, ix, first + i)) * constant(static_cast<size_t>(weight));
        }
      }
    return R::convolved(sum, product_shift(graph_, layer_));
  }

  Wide concat(int y, int x, int c) const {
    size_t i = 0;
    while (c >= operand(i).shape.channels) c -= operand(i++).shape.channels;
    return R::right(operand(i).at(y, x, c), quantizer(i) - layer_.quantizer);
  }

  Wide depth_to_space(int y, int x, int c) const {
    const int b = layer_.block, phase = y % b * b + x % b;
    const int source = layer_.column_row_depth ? c * b * b + phase : phase * layer_.channels + c;
    return operand(0).at(y / b, x / b, source);
  }

  Wide space_to_depth(int y, int x, int c) const {
    const Tensor<T>& in = operand(0);
    const int b = layer_.block, phase = c / in.shape.channels;
    return in.at(y * b + phase / b, x * b + phase % b, c % in.shape.channels);
  }

  Wide element(int y, int x, int c) const {
    const Tensor<T>& in = operand(0);
    const Window& w = layer_.window;
    switch (layer_.op) {
      case Op::conv:
        return conv(y, x, c);
      case Op::concat:
        return concat(y, x, c);
      case Op::depth_to_space:
        return depth_to_space(y, x, c);
      case Op::space_to_depth:
        return space_to_depth(y, x, c);
      case Op::slice:
        return in.at(y + w.top, x + w.left, c + layer_.channel_begin);
      case Op::pad:
        return in.inside(y - w.top, x - w.left) ? in.at(y - w.top, x - w.left, c) : 0;
      case Op::add:
      case Op::mul:
      case Op::maximum:
      case Op::minimum:
        return binary(in.at(y, x, c), operand(1).at(y, x, c));
      default:
        return unary(in.at(y, x, c), c);
    }
  }

  Wide unary(Wide v, int c) const {
    const auto& constants = constants_of<T>(layer_);
    const Wide k = constants.empty()                                ? 0
                   : constants.size() == 1 || layer_.op == Op::clip ? constants[0]
                                                                    : constants[static_cast<size_t>(c)];
    switch (layer_.op) {
      case Op::bias_add:
        return R::bias(v, k, quantizer(0) - layer_.quantizer);
      case Op::prelu:
        return R::prelu(v, k, layer_.constant_quantizer);
      case Op::relu:
        return std::max<Wide>(v, 0);
      case Op::clip:
        return std::min<Wide>(std::max<Wide>(v, k), constants[1]);
      case Op::mul_constant:
        return R::saturated(R::right(v * k, product_shift(graph_, layer_)));
      default:
        return v;
    }
  }

  Wide binary(Wide v, Wide u) const {
    const int q = layer_.quantizer, q0 = quantizer(0), q1 = quantizer(1);
    switch (layer_.op) {
      case Op::add:
        return R::saturated(R::right(v, q0 - q) + R::right(u, q1 - q));
      case Op::mul:
        return R::saturated(R::right(v * u, product_shift(graph_, layer_)));
      case Op::maximum:
        return std::max(R::left(v, q - q0), R::left(u, q - q1));
      default:
        return std::min(R::left(v, q - q0), R::left(u, q - q1));
    }
  }

  const Graph& graph_;
  const Layer& layer_;
  TensorSource<T> source_;
};

}  // namespace

template <class T>
Status run_reference(const Model& model, int height, int width, const T* const* inputs, T* const* outputs) {
  if (model.is_float() != std::is_same_v<T, float>)
    return Status::config("the network has another element type than its inputs");
  const Graph& graph = model.graph();
  std::vector<Shape> shapes;
  INLOOP_RETURN_IF_ERROR(infer_shapes(graph, height, width, shapes));
  size_t total = 0;
  for (const Shape& shape : shapes) {
    total += elements(shape);
    if (total > kMaxElements) return Status::config("the network needs too much memory at this size");
  }
  std::vector<Tensor<T>> values;
  for (const Shape& shape : shapes) values.emplace_back(shape);
  for (size_t i = 0; i < graph.inputs.size(); ++i)
    std::copy_n(inputs[i], values[i].data.size(), values[i].data.begin());
  for (size_t i = 0; i < graph.layers.size(); ++i)
    Reference<T>(graph, graph.layers[i], values).run(values[static_cast<size_t>(graph.value_of_layer(i))]);
  for (size_t i = 0; i < graph.outputs.size(); ++i) {
    const Tensor<T>& value = values[static_cast<size_t>(graph.outputs[i].value)];
    std::copy(value.data.begin(), value.data.end(), outputs[i]);
  }
  return {};
}

template Status run_reference<int16_t>(const Model&, int, int, const int16_t* const*, int16_t* const*);
template Status run_reference<float>(const Model&, int, int, const float* const*, float* const*);

}  // namespace inloop::nn
