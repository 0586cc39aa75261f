// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/cpu/run/kernel_calls.h"

#include "nn/cpu/plan/row_places.h"

namespace inloop::nn {
namespace {

ptrdiff_t pitch(const Plan& plan, const View& view) {
  return plan.buffers[static_cast<size_t>(view.buffer)].pitch;
}

template <class T>
RowOutputOf<T> row_output(const Plan& plan, const Step& step) {
  RowOutputOf<T> output;
  output.out_step = pitch(plan, step.out);
  if (step.raw.buffer >= 0) output.raw_step = pitch(plan, step.raw);
  if (step.operands.size() > 1) output.residual_step = pitch(plan, step.operands[1].view);
  return output;
}

void set_weights(const PackedConv& packed, const KernelForm& form, ConvRow& row) {
  row.run_pairs = form.run_pairs;
  row.weights = packed.weights.data();
  row.weights_per_channel = 2 * row.run_count * form.run_pairs;
  row.start = packed.start.data();
  row.epilogue = &packed.epilogue;
}

void set_weights(const PackedConv& packed, const KernelForm& form, ConvRowF32& row) {
  row.run_length = form.run_length;
  row.weights = packed.weights_f32.data();
  row.epilogue = &packed.epilogue_f32;
}

void set_weights(const PackedConv& packed, DepthwiseRow& row) {
  row.weights = packed.weights.data();
  row.start = packed.start.data();
  row.epilogue = &packed.epilogue;
}

void set_weights(const PackedConv& packed, DepthwiseRowF32& row) {
  row.weights = packed.weights_f32.data();
  row.epilogue = &packed.epilogue_f32;
}

void set_winograd(const PackedConv& packed, const Step& step, ConvRow& conv, WinogradRows& rows) {
  if (step.rows != 2) return;
  rows.limit = packed.winograd_limit;
  rows.pixel_step = conv.pixel_step;
  rows.in_channels = step.operands[0].view.channels;
  rows.channels = packed.channels;
  rows.weights = packed.winograd_weights.data();
  rows.start = packed.winograd_start.data();
  rows.epilogue = &packed.winograd_epilogue;
}

void set_winograd(const PackedConv&, const Step&, ConvRowF32&, WinogradRows&) {}

template <class T>
KernelCall<T> kernel_call(const Plan& plan, const Weights& weights, const Step& step,
                          const T* const* pointers) {
  KernelCall<T> call;
  if (step.part < 0) return call;
  const PackedConv& packed = weights.convolutions[static_cast<size_t>(step.part)];
  const Window& w = plan.layer(step).window;
  const ptrdiff_t in_pitch = pitch(plan, step.operands[0].view), pixel_step = in_pitch * w.stride_x;
  call.is_depthwise = step.kind == StepKind::depthwise;
  const Taps& taps = plan.topology->parts[static_cast<size_t>(step.part)].taps;
  call.window_rows = taps.rows;
  call.taps_per_row = step.form.merged_columns ? 1 : taps.columns;
  call.tap_step = in_pitch * taps.step_x;
  call.raw = step.raw.buffer >= 0;
  call.residual = step.operands.size() > 1;
  const int pointer_count = call.window_rows * call.taps_per_row;
  if (call.is_depthwise) {
    call.depthwise.taps = pointers;
    call.depthwise.tap_count = pointer_count;
    call.depthwise.pixel_step = pixel_step;
    call.depthwise.channels = packed.channels;
    set_weights(packed, call.depthwise);
  } else {
    call.conv.runs = pointers;
    call.conv.run_count = pointer_count;
    call.conv.pixel_step = pixel_step;
    call.conv.chunk = step.form.chunk;
    call.conv.channels = packed.channels;
    set_weights(packed, step.form, call.conv);
    set_winograd(packed, step, call.conv, call.winograd);
  }
  call.output() = row_output<T>(plan, step);
  return call;
}

// Returns the place of pixel x of a view's row, relative to the beginning of the row.
size_t pixel_place(const Plan& plan, const View& view, int x, int stripe) {
  const Buffer& buffer = plan.buffers[static_cast<size_t>(view.buffer)];
  const ptrdiff_t column = x + view.x - buffer.origin[static_cast<size_t>(stripe)];
  return static_cast<size_t>(column * buffer.pitch + view.channel);
}

}  // namespace

size_t place_of(const Plan& plan, const View& view, int y, int x, int stripe) {
  return row_place(plan, view, y) + pixel_place(plan, view, x, stripe);
}

template <class T>
void begin_stripe(const Plan& plan, T* arena, int stripe, std::vector<KernelCall<T>>& calls) {
  for (size_t i = 0; i < calls.size(); ++i) {
    KernelCall<T>& call = calls[i];
    if (!call.window_rows) continue;
    const Step& step = plan.steps[i];
    const StripeColumns& range = step.stripes[static_cast<size_t>(stripe)];
    const int begin = range.begin, end = range.end;
    call.output().pixels = end - begin;
    if (begin == end) continue;
    const Operand& in = step.operands[0];
    call.in_base = arena + pixel_place(plan, in.view, in.columns.first(begin), stripe);
    call.out_base = arena + pixel_place(plan, step.out, begin, stripe);
    if (call.raw) call.raw_base = arena + pixel_place(plan, step.raw, begin, stripe);
    if (call.residual) call.residual_base = arena + pixel_place(plan, step.operands[1].view, begin, stripe);
  }
}

template <class T>
std::vector<KernelCall<T>> kernel_calls(const Plan& plan, const Weights& weights, const T* const* pointers) {
  std::vector<KernelCall<T>> calls;
  calls.reserve(plan.steps.size());
  for (const Step& step : plan.steps) calls.push_back(kernel_call<T>(plan, weights, step, pointers));
  return calls;
}

template std::vector<KernelCall<int16_t>> kernel_calls(const Plan&, const Weights&, const int16_t* const*);
template std::vector<KernelCall<float>> kernel_calls(const Plan&, const Weights&, const float* const*);

template void begin_stripe(const Plan&, int16_t*, int, std::vector<KernelCall<int16_t>>&);
template void begin_stripe(const Plan&, float*, int, std::vector<KernelCall<float>>&);

}  // namespace inloop::nn
