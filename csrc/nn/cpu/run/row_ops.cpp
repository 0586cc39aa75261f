// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/cpu/run/row_ops.h"

#include <algorithm>
#include <type_traits>

#include "nn/graph/integer_rules.h"

namespace inloop::nn {
namespace {

template <class T, class Function>
void unary(const RowIn<T>& in, const RowOut<T>& out, int channels, Function function) {
  const T* a = in.rows[0];
  T* y = out.data;
  for (int x = 0; x < out.pixels; ++x, a += in.step, y += out.step)
    for (int c = 0; c < channels; ++c) y[c] = static_cast<T>(function(a[c], c));
}

template <class T, class Function>
void binary_pixel(const T* a, const T* b, T* y, int channels, Function function) {
  for (int c = 0; c < channels; ++c) y[c] = static_cast<T>(function(a[c], b[c]));
}

// Pixels that lie side by side are one run of numbers.
template <class T, class Function>
void binary(const RowIn<T>* in, const RowOut<T>& out, int channels, Function function) {
  const T* a = in[0].rows[0];
  const T* b = in[1].rows[0];
  T* y = out.data;
  if (in[0].step == channels && in[1].step == channels && out.step == channels)
    return binary_pixel(a, b, y, out.pixels * channels, function);
  for (int x = 0; x < out.pixels; ++x, a += in[0].step, b += in[1].step, y += out.step)
    binary_pixel(a, b, y, channels, function);
}

// Copies pixels of few channels, whose number the compiler should know.
template <int Channels, class T>
void copy_narrow(const RowIn<T>& in, const RowOut<T>& out) {
  const T* a = in.rows[0];
  T* y = out.data;
  for (int x = 0; x < out.pixels; ++x, a += in.step, y += out.step)
    for (int c = 0; c < Channels; ++c) y[c] = a[c];
}

template <class T>
void copy_pixels(const RowIn<T>& in, const RowOut<T>& out, int channels) {
  switch (channels) {
    case 1:
      return copy_narrow<1>(in, out);
    case 2:
      return copy_narrow<2>(in, out);
    case 3:
      return copy_narrow<3>(in, out);
    case 4:
      return copy_narrow<4>(in, out);
    default:
      return unary(in, out, channels, [](T a, int) { return a; });
  }
}

template <class T>
void depth_to_space(const Layer& layer, const RowIn<T>& in, const RowOut<T>& out) {
  const int b = layer.block;
  for (int x = 0; x < out.pixels; ++x) {
    const int column = out.column + x, phase = out.row % b * b + column % b;
    const T* a = in.rows[0] + (column / b - out.column / b) * in.step;
    for (int c = 0; c < layer.channels; ++c)
      out.data[x * out.step + c] = a[layer.column_row_depth ? c * b * b + phase : phase * layer.channels + c];
  }
}

template <class T>
void space_to_depth(const Layer& layer, const RowIn<T>& in, const RowOut<T>& out) {
  const int b = layer.block, channels = layer.channels / (b * b);
  for (int x = 0; x < out.pixels; ++x)
    for (int phase = 0; phase < b * b; ++phase)
      std::copy_n(in.rows[phase / b] + (x * b + phase % b) * in.step, channels,
                  out.data + x * out.step + phase * channels);
}

void binary_layer(const Graph& graph, const Layer& layer, const RowIn<int16_t>* in,
                  const RowOut<int16_t>& out) {
  const int q = layer.quantizer, q0 = graph.quantizer(layer.inputs[0]), q1 = graph.quantizer(layer.inputs[1]);
  const int shift = product_shift(graph, layer);
  const int s0 = std::min(q0 - q, 15), s1 = std::min(q1 - q, 15);  // For 16 bits, 15 and more give the same.
  const auto run = [&](auto function) { binary(in, out, layer.channels, function); };
  switch (layer.op) {
    case Op::add:
      return run([s0, s1](int a, int b) { return saturate((a >> s0) + (b >> s1)); });
    case Op::mul:
      return run([shift](int a, int b) { return saturate((a * b) >> shift); });
    case Op::maximum:
      return run([&](int64_t a, int64_t b) { return std::max(left_rule(a, q - q0), left_rule(b, q - q1)); });
    default:
      return run([&](int64_t a, int64_t b) { return std::min(left_rule(a, q - q0), left_rule(b, q - q1)); });
  }
}

void unary_layer(const Graph& graph, const Layer& layer, const RowIn<int16_t>& in,
                 const RowOut<int16_t>& out) {
  const int16_t* constants = layer.constant.data();
  const int stride = layer.constant.size() > 1 ? 1 : 0, shift = product_shift(graph, layer);
  const int d = graph.quantizer(layer.inputs[0]) - layer.quantizer;
  const auto run = [&](auto function) { unary(in, out, layer.channels, function); };
  switch (layer.op) {
    case Op::bias_add:
      return run([&](int64_t a, int c) { return bias_rule(a, constants[c * stride], d); });
    case Op::prelu:
      return run([&](int64_t a, int c) { return prelu_rule(a, constants[c * stride], shift); });
    case Op::mul_constant:
      return run([=](int a, int c) { return saturate((a * constants[c * stride]) >> shift); });
    case Op::clip:
      return run([low = constants[0], high = constants[1]](int16_t a, int) {
        return std::min(std::max(a, low), high);
      });
    default:
      return run([](int16_t a, int) { return std::max<int16_t>(a, 0); });
  }
}

// The float rules are the same as those of the kernels' epilogues: NaN stays NaN.
void binary_layer(const Graph&, const Layer& layer, const RowIn<float>* in, const RowOut<float>& out) {
  const auto run = [&](auto function) { binary(in, out, layer.channels, function); };
  switch (layer.op) {
    case Op::add:
      return run([](float a, float b) { return a + b; });
    case Op::mul:
      return run([](float a, float b) { return a * b; });
    case Op::maximum:
      return run([](float a, float b) { return std::max(a, b); });
    default:
      return run([](float a, float b) { return std::min(a, b); });
  }
}

void unary_layer(const Graph&, const Layer& layer, const RowIn<float>& in, const RowOut<float>& out) {
  const float* constants = layer.constant_f32.data();
  const int stride = layer.constant_f32.size() > 1 ? 1 : 0;
  const auto run = [&](auto function) { unary(in, out, layer.channels, function); };
  switch (layer.op) {
    case Op::bias_add:
      return run([&](float a, int c) { return a + constants[c * stride]; });
    case Op::prelu:
      return run([&](float a, int c) { return a < 0 ? a * constants[c * stride] : a; });
    case Op::mul_constant:
      return run([&](float a, int c) { return a * constants[c * stride]; });
    case Op::clip:
      return run([&](float a, int) { return std::min(std::max(a, constants[0]), constants[1]); });
    default:
      return run([](float a, int) { return a < 0 ? 0 : a; });
  }
}

}  // namespace

template <class T>
void run_row(const Graph& graph, const Layer& layer, const RowIn<T>* inputs, const RowOut<T>& out) {
  switch (layer.op) {
    case Op::depth_to_space:
      return depth_to_space(layer, inputs[0], out);
    case Op::space_to_depth:
      return space_to_depth(layer, inputs[0], out);
    case Op::add:
    case Op::mul:
    case Op::maximum:
    case Op::minimum:
      return binary_layer(graph, layer, inputs, out);
    default:
      return unary_layer(graph, layer, inputs[0], out);
  }
}

template <class T>
void move_row(const RowIn<T>& in, const RowOut<T>& out, int channels, int shift) {
  if ((std::is_same_v<T, float> || !shift) && in.step == channels && out.step == channels) {
    std::copy_n(in.rows[0], ptrdiff_t{out.pixels} * channels, out.data);
    return;
  }
  if (std::is_same_v<T, float> || !shift) return copy_pixels(in, out, channels);
  if constexpr (!std::is_same_v<T, float>)
    unary(in, out, channels, [shift](int a, int) { return a >> shift; });
}

template void run_row(const Graph&, const Layer&, const RowIn<int16_t>*, const RowOut<int16_t>&);
template void run_row(const Graph&, const Layer&, const RowIn<float>*, const RowOut<float>&);
template void move_row(const RowIn<int16_t>&, const RowOut<int16_t>&, int, int);
template void move_row(const RowIn<float>&, const RowOut<float>&, int, int);

}  // namespace inloop::nn
