// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/reference.h"

#include <algorithm>

#include "nn/integer_rules.h"

namespace inloop::nn {
namespace {

struct Tensor {
  Shape shape;
  std::vector<int16_t> data;

  explicit Tensor(Shape s)
      : shape(s),
        data(static_cast<size_t>(s.height) * static_cast<size_t>(s.width) * static_cast<size_t>(s.channels)) {
  }
  size_t index(int y, int x, int c) const {
    return (static_cast<size_t>(y) * static_cast<size_t>(shape.width) + static_cast<size_t>(x)) *
               static_cast<size_t>(shape.channels) +
           static_cast<size_t>(c);
  }
  int16_t at(int y, int x, int c) const { return data[index(y, x, c)]; }
  bool inside(int y, int x) const { return y >= 0 && x >= 0 && y < shape.height && x < shape.width; }
};

class Reference {
 public:
  Reference(const Graph& graph, std::vector<Tensor>& values) : graph_(graph), values_(values) {}

  void layer(const Layer& layer, Tensor& out) const {
    for (int y = 0; y < out.shape.height; ++y)
      for (int x = 0; x < out.shape.width; ++x)
        for (int c = 0; c < out.shape.channels; ++c)
          out.data[out.index(y, x, c)] = static_cast<int16_t>(element(layer, y, x, c));
  }

 private:
  const Tensor& operand(const Layer& layer, size_t i) const {
    return values_[static_cast<size_t>(layer.inputs[i])];
  }
  int quantizer(const Layer& layer, size_t i) const { return graph_.quantizer(layer.inputs[i]); }

  int64_t conv(const Layer& layer, int y, int x, int c) const {
    const Tensor& in = operand(layer, 0);
    const Window& w = layer.window;
    const int per_group = in.shape.channels / layer.groups;
    const int first = c / (layer.channels / layer.groups) * per_group;
    int64_t sum = 0;
    for (int ky = 0; ky < w.kernel_height; ++ky)
      for (int kx = 0; kx < w.kernel_width; ++kx) {
        const int iy = y * w.stride_y - w.top + ky, ix = x * w.stride_x - w.left + kx;
        if (!in.inside(iy, ix)) continue;
        for (int i = 0; i < per_group; ++i) {
          const int weight = ((c * w.kernel_height + ky) * w.kernel_width + kx) * per_group + i;
          sum += int64_t{in.at(iy, ix, first + i)} * layer.constant[static_cast<size_t>(weight)];
        }
      }
    return saturate(static_cast<int32_t>(sum) >> product_shift(graph_, layer));  // modulo 2^32
  }

  int64_t concat(const Layer& layer, int y, int x, int c) const {
    size_t i = 0;
    while (c >= operand(layer, i).shape.channels) c -= operand(layer, i++).shape.channels;
    return operand(layer, i).at(y, x, c) >> (quantizer(layer, i) - layer.quantizer);
  }

  int64_t max_pool(const Layer& layer, int y, int x, int c) const {
    const Window& w = layer.window;
    int64_t best = INT16_MIN;
    for (int ky = 0; ky < w.kernel_height; ++ky)
      for (int kx = 0; kx < w.kernel_width; ++kx)
        best = std::max<int64_t>(best, operand(layer, 0).at(y * w.stride_y + ky, x * w.stride_x + kx, c));
    return best;
  }

  int64_t depth_to_space(const Layer& layer, int y, int x, int c) const {
    const int b = layer.block, phase = y % b * b + x % b;
    const int source = layer.column_row_depth ? c * b * b + phase : phase * layer.channels + c;
    return operand(layer, 0).at(y / b, x / b, source);
  }

  int64_t space_to_depth(const Layer& layer, int y, int x, int c) const {
    const Tensor& in = operand(layer, 0);
    const int b = layer.block, phase = c / in.shape.channels;
    return in.at(y * b + phase / b, x * b + phase % b, c % in.shape.channels);
  }

  int64_t element(const Layer& layer, int y, int x, int c) const {
    const Tensor& in = operand(layer, 0);
    const Window& w = layer.window;
    switch (layer.op) {
      case Op::conv:
        return conv(layer, y, x, c);
      case Op::concat:
        return concat(layer, y, x, c);
      case Op::max_pool:
        return max_pool(layer, y, x, c);
      case Op::depth_to_space:
        return depth_to_space(layer, y, x, c);
      case Op::space_to_depth:
        return space_to_depth(layer, y, x, c);
      case Op::slice:
        return in.at(y + w.top, x + w.left, c + layer.channel_begin);
      case Op::pad:
        return in.inside(y - w.top, x - w.left) ? in.at(y - w.top, x - w.left, c) : 0;
      default:
        return pointwise(layer, in.at(y, x, c), y, x, c);
    }
  }

  int64_t pointwise(const Layer& layer, int64_t v, int y, int x, int c) const {
    const int64_t k =
        layer.constant.empty()
            ? 0
            : layer.constant[layer.constant.size() == 1 || layer.op == Op::clip ? 0 : static_cast<size_t>(c)];
    const int64_t u = layer.inputs.size() > 1 ? operand(layer, 1).at(y, x, c) : 0;
    const int q = layer.quantizer, q0 = quantizer(layer, 0),
              q1 = layer.inputs.size() > 1 ? quantizer(layer, 1) : q;
    switch (layer.op) {
      case Op::bias_add:
        return bias_rule(v, k, q0 - q);
      case Op::prelu:
        return prelu_rule(v, k, layer.constant_quantizer);
      case Op::relu:
        return std::max<int64_t>(v, 0);
      case Op::clip:
        return std::min<int64_t>(std::max<int64_t>(v, k), layer.constant[1]);
      case Op::mul_constant:
        return saturate((v * k) >> product_shift(graph_, layer));
      case Op::mul:
        return saturate((v * u) >> product_shift(graph_, layer));
      case Op::add:
        return saturate((v >> (q0 - q)) + (u >> (q1 - q)));
      case Op::maximum:
        return std::max(left_rule(v, q - q0), left_rule(u, q - q1));
      case Op::minimum:
        return std::min(left_rule(v, q - q0), left_rule(u, q - q1));
      default:
        return v;
    }
  }

  const Graph& graph_;
  std::vector<Tensor>& values_;
};

}  // namespace

Status run_reference(const Model& model, int height, int width, const int16_t* const* inputs,
                     int16_t* const* outputs) {
  if (model.is_float()) return Status::unsupported("the reference executor runs integer networks only");
  const Graph& graph = model.graph();
  std::vector<Shape> shapes;
  INLOOP_RETURN_IF_ERROR(infer_shapes(graph, height, width, shapes));
  std::vector<Tensor> values;
  for (const Shape& shape : shapes) values.emplace_back(shape);
  for (size_t i = 0; i < graph.inputs.size(); ++i)
    std::copy_n(inputs[i], values[i].data.size(), values[i].data.begin());
  const Reference reference(graph, values);
  for (size_t i = 0; i < graph.layers.size(); ++i)
    reference.layer(graph.layers[i], values[static_cast<size_t>(graph.value_of_layer(i))]);
  for (size_t i = 0; i < graph.outputs.size(); ++i) {
    const Tensor& value = values[static_cast<size_t>(graph.outputs[i].value)];
    std::copy(value.data.begin(), value.data.end(), outputs[i]);
  }
  return {};
}

}  // namespace inloop::nn
