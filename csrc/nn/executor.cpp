// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/executor.h"

#include <algorithm>
#include <chrono>

#include "nn/row_ops.h"

namespace inloop::nn {

Executor::Executor(Plan& plan)
    : plan_(plan), table_(kernels(plan.isa)), pointers_(std::max<size_t>(2 * plan.max_taps, 512)) {}

// First element of a row of a view; a row outside of the buffer is the row of zeros.
int16_t* Executor::row(const View& view, int y) const {
  const Buffer& buffer = plan_.buffers[static_cast<size_t>(view.buffer)];
  const int in_buffer = y + view.y;
  const ptrdiff_t column = ptrdiff_t{buffer.pad_left + view.x} * buffer.pitch + view.channel;
  int16_t* arena = plan_.arena.data();
  if (in_buffer < 0 || in_buffer >= buffer.height) return arena + plan_.zero_row + column;
  return arena + buffer.offset + (in_buffer % buffer.rows) * buffer.row_elements() + column;
}

void Executor::import_row(const Step& step, int y, const int16_t* tensor) {
  const ptrdiff_t channels = step.out.channels;
  const int16_t* source = tensor + y * channels * step.out.width;
  move_row({&source, channels}, {row(step.out, y), pitch(step.out), step.out.width, y}, step.out.channels, 0);
}

void Executor::output_row(const Step& step, int y, int16_t* tensor) {
  const View& view = step.operands[0].view;
  const int16_t* source = row(view, y);
  const ptrdiff_t channels = step.out.channels;
  move_row({&source, pitch(view)}, {tensor + y * channels * step.out.width, channels, step.out.width, y},
           step.out.channels, 0);
}

RowOutput Executor::row_output(const Step& step, int y) const {
  RowOutput output{.pixels = step.out.width, .out = row(step.out, y), .out_step = pitch(step.out)};
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

void Executor::convolution_row(const Step& step, int y) {
  const Window& w = plan_.graph.layers[static_cast<size_t>(step.layer)].window;
  const Operand& in = step.operands[0];
  const ptrdiff_t in_pitch = pitch(in.view);
  const int columns = step.packed.merged_columns ? 1 : w.kernel_width;
  size_t run = 0;
  for (int ky = 0; ky < w.kernel_height; ++ky) {
    const int16_t* first = row(in.view, in.map.first(y) + ky) - w.left * in_pitch;
    for (int kx = 0; kx < columns; ++kx) pointers_[run++] = first + kx * in_pitch;
  }
  table_.conv_row_i16({.runs = pointers_.data(),
                       .run_count = step.packed.run_count,
                       .run_pairs = step.packed.run_pairs,
                       .pixel_step = in_pitch * w.stride_x,
                       .chunk = step.packed.chunk,
                       .weights = step.packed.weights.data(),
                       .start = step.packed.start.data(),
                       .channels = step.packed.channels,
                       .output = row_output(step, y),
                       .epilogue = &step.packed.epilogue});
}

void Executor::depthwise_row(const Step& step, int y) {
  const Window& w = plan_.graph.layers[static_cast<size_t>(step.layer)].window;
  const Operand& in = step.operands[0];
  const ptrdiff_t in_pitch = pitch(in.view);
  size_t tap = 0;
  for (int ky = 0; ky < w.kernel_height; ++ky) {
    const int16_t* first = row(in.view, in.map.first(y) + ky) - w.left * in_pitch;
    for (int kx = 0; kx < w.kernel_width; ++kx) pointers_[tap++] = first + kx * in_pitch;
  }
  table_.depthwise_row_i16({.taps = pointers_.data(),
                            .tap_count = static_cast<int>(tap),
                            .pixel_step = in_pitch * w.stride_x,
                            .weights = step.packed.weights.data(),
                            .start = step.packed.start.data(),
                            .channels = step.packed.channels,
                            .output = row_output(step, y),
                            .epilogue = &step.packed.epilogue});
}

void Executor::plain_row(const Step& step, int y) {
  const RowOut out{row(step.out, y), pitch(step.out), step.out.width, y};
  const Layer& layer = plan_.graph.layers[static_cast<size_t>(step.layer)];
  RowIn inputs[2] = {};
  const int16_t** pointer = pointers_.data();
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

void Executor::run_event(const Event& event, const int16_t* const* inputs, int16_t* const* outputs) {
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

void Executor::run(const int16_t* const* inputs, int16_t* const* outputs) {
  for (const Event& event : plan_.schedule) run_event(event, inputs, outputs);
}

void Executor::profile(const int16_t* const* inputs, int16_t* const* outputs, double* step_seconds) {
  for (const Event& event : plan_.schedule) {
    const auto begin = std::chrono::steady_clock::now();
    run_event(event, inputs, outputs);
    step_seconds[event.step] +=
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }
}

}  // namespace inloop::nn
