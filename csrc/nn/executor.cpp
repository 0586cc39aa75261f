// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/executor.h"

#include <algorithm>
#include <chrono>
#include <type_traits>

#include "nn/row_ops.h"

namespace inloop::nn {

template <class T>
Executor<T>::Executor(Plan& plan)
    : plan_(plan), table_(kernels(plan.isa)), pointers_(std::max<size_t>(2 * plan.max_taps, 512)) {}

// First element of a row of a view; a row outside of the buffer is the row of zeros.
template <class T>
T* Executor<T>::row(const View& view, int y) const {
  const Buffer& buffer = plan_.buffers[static_cast<size_t>(view.buffer)];
  const int in_buffer = y + view.y;
  const ptrdiff_t column = ptrdiff_t{buffer.pad_left + view.x} * buffer.pitch + view.channel;
  T* arena = reinterpret_cast<T*>(plan_.arena.data());
  if (in_buffer < 0 || in_buffer >= buffer.height) return arena + plan_.zero_row + column;
  return arena + buffer.offset + (in_buffer % buffer.rows) * buffer.row_elements() + column;
}

template <class T>
void Executor<T>::import_row(const Step& step, int y, const T* tensor) {
  const ptrdiff_t channels = step.out.channels;
  const T* source = tensor + y * channels * step.out.width;
  move_row<T>({&source, channels}, {row(step.out, y), pitch(step.out), step.out.width, y}, step.out.channels,
              0);
}

template <class T>
void Executor<T>::output_row(const Step& step, int y, T* tensor) {
  const View& view = step.operands[0].view;
  const T* source = row(view, y);
  const ptrdiff_t channels = step.out.channels;
  move_row<T>({&source, pitch(view)}, {tensor + y * channels * step.out.width, channels, step.out.width, y},
              step.out.channels, 0);
}

template <class T>
RowOutputOf<T> Executor<T>::row_output(const Step& step, int y) const {
  RowOutputOf<T> output{.pixels = step.out.width, .out = row(step.out, y), .out_step = pitch(step.out)};
  if (step.raw.buffer >= 0) {
    output.raw = row(step.raw, y);
    output.raw_step = pitch(step.raw);
  }
  if (step.has_residual) {
    output.residual = row(step.operands[1].view, y);
    output.residual_step = pitch(step.operands[1].view);
  }
  return output;
}

// Fills pointers_ with where the first pixel's window begins in `columns` of its columns, row by row.
template <class T>
int Executor<T>::tap_pointers(const Step& step, int y, int columns) {
  const Window& w = plan_.graph.layers[static_cast<size_t>(step.layer)].window;
  const Operand& in = step.operands[0];
  const ptrdiff_t in_pitch = pitch(in.view);
  int count = 0;
  for (int ky = 0; ky < w.kernel_height; ++ky) {
    const T* first = row(in.view, in.map.first(y) + ky) - w.left * in_pitch;
    for (int kx = 0; kx < columns; ++kx) pointers_[static_cast<size_t>(count++)] = first + kx * in_pitch;
  }
  return count;
}

template <class T>
void Executor<T>::convolution_row(const Step& step, int y) {
  const Window& w = plan_.graph.layers[static_cast<size_t>(step.layer)].window;
  const PackedConv& packed = step.packed;
  const ptrdiff_t pixel_step = pitch(step.operands[0].view) * w.stride_x;
  const int runs = tap_pointers(step, y, packed.merged_columns ? 1 : w.kernel_width);
  if constexpr (std::is_same_v<T, float>) {
    table_.conv_row_f32({.runs = pointers_.data(),
                         .run_count = runs,
                         .run_length = packed.run_length,
                         .pixel_step = pixel_step,
                         .chunk = packed.chunk,
                         .weights = packed.weights_f32.data(),
                         .channels = packed.channels,
                         .output = row_output(step, y),
                         .epilogue = &packed.epilogue_f32});
  } else {
    table_.conv_row_i16({.runs = pointers_.data(),
                         .run_count = runs,
                         .run_pairs = packed.run_pairs,
                         .pixel_step = pixel_step,
                         .chunk = packed.chunk,
                         .weights = packed.weights.data(),
                         .start = packed.start.data(),
                         .channels = packed.channels,
                         .output = row_output(step, y),
                         .epilogue = &packed.epilogue});
  }
}

template <class T>
void Executor<T>::depthwise_row(const Step& step, int y) {
  const Window& w = plan_.graph.layers[static_cast<size_t>(step.layer)].window;
  const PackedConv& packed = step.packed;
  const ptrdiff_t pixel_step = pitch(step.operands[0].view) * w.stride_x;
  const int taps = tap_pointers(step, y, w.kernel_width);
  if constexpr (std::is_same_v<T, float>) {
    table_.depthwise_row_f32({.taps = pointers_.data(),
                              .tap_count = taps,
                              .pixel_step = pixel_step,
                              .weights = packed.weights_f32.data(),
                              .channels = packed.channels,
                              .output = row_output(step, y),
                              .epilogue = &packed.epilogue_f32});
  } else {
    table_.depthwise_row_i16({.taps = pointers_.data(),
                              .tap_count = taps,
                              .pixel_step = pixel_step,
                              .weights = packed.weights.data(),
                              .start = packed.start.data(),
                              .channels = packed.channels,
                              .output = row_output(step, y),
                              .epilogue = &packed.epilogue});
  }
}

template <class T>
void Executor<T>::element_row(const Step& step, int y) {
  const Layer& layer = plan_.graph.layers[static_cast<size_t>(step.layer)];
  RowRing<T> rings[3] = {};
  Shape shapes[3] = {};
  for (size_t i = 0; i < step.operands.size(); ++i) {
    const View& v = step.operands[i].view;
    const Buffer& b = plan_.buffers[static_cast<size_t>(v.buffer)];
    const ptrdiff_t column = ptrdiff_t{b.pad_left + v.x} * b.pitch + v.channel;
    const T* arena = reinterpret_cast<const T*>(plan_.arena.data());
    rings[i] = {arena + b.offset + column,
                arena + plan_.zero_row + column,
                b.row_elements(),
                b.pitch,
                b.rows,
                b.height,
                v.y};
    shapes[i] = {v.height, v.width, v.channels};
  }
  const Shape result = {step.out.height, step.out.width, step.out.channels};
  run_element_row<T>(plan_.graph, layer, rings, shapes, result,
                     {row(step.out, y), pitch(step.out), step.out.width, y});
}

template <class T>
void Executor<T>::plain_row(const Step& step, int y) {
  const RowOut<T> out{row(step.out, y), pitch(step.out), step.out.width, y};
  const Layer& layer = plan_.graph.layers[static_cast<size_t>(step.layer)];
  if (is_element_layer(layer)) return element_row(step, y);
  RowIn<T> inputs[2] = {};
  const T** pointer = pointers_.data();
  for (size_t i = 0; i < step.operands.size(); ++i) {
    const Operand& operand = step.operands[i];
    inputs[i] = {pointer, pitch(operand.view)};
    for (int ky = 0; ky < operand.map.extent; ++ky) *pointer++ = row(operand.view, operand.map.first(y) + ky);
  }
  if (layer.op == Op::concat || layer.op == Op::conv || layer.op == Op::pad)
    move_row(inputs[0], out, step.out.channels, step.shift);
  else
    run_row(plan_.graph, layer, inputs, out);
}

template <class T>
void Executor<T>::run_event(const Event& event, const T* const* inputs, T* const* outputs) {
  const Step& step = plan_.steps[static_cast<size_t>(event.step)];
  const int y = event.row;
  switch (step.kind) {
    case StepKind::import:
      return import_row(step, y, inputs[step.external]);
    case StepKind::convolution:
      return convolution_row(step, y);
    case StepKind::depthwise:
      return depthwise_row(step, y);
    case StepKind::rows:
      return plain_row(step, y);
    case StepKind::output:
      return output_row(step, y, outputs[step.external]);
  }
}

template <class T>
void Executor<T>::run(const T* const* inputs, T* const* outputs) {
  for (const Event& event : plan_.schedule) run_event(event, inputs, outputs);
}

template <class T>
void Executor<T>::profile(const T* const* inputs, T* const* outputs, double* step_seconds) {
  for (const Event& event : plan_.schedule) {
    const auto begin = std::chrono::steady_clock::now();
    run_event(event, inputs, outputs);
    step_seconds[event.step] +=
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }
}

template class Executor<int16_t>;
template class Executor<float>;

}  // namespace inloop::nn
