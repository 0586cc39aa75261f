// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/executor.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <type_traits>

namespace inloop::nn {
namespace {

// Taps of the largest window, or rows of two operands.
size_t scratch_pointers(const Plan& plan) {
  size_t most = 512;
  for (const Layer& layer : plan.graph.layers)
    most = std::max(most, static_cast<size_t>(layer.window.kernel_height * layer.window.kernel_width));
  return most;
}

}  // namespace

template <class T>
Executor<T>::Executor(Plan& plan) : plan_(plan), table_(*plan.kernels), pointers_(scratch_pointers(plan)) {
  std::vector<bool> computed(plan.buffers.size());
  for (const Step& step : plan.steps) {
    rows_to_run_.push_back(step.out.height);
    for (const View& view : {step.out, step.raw})
      if (step.kind != StepKind::import && view.buffer >= 0)
        computed[static_cast<size_t>(view.buffer)] = true;
  }
  planes_.resize(plan.steps.size());
  for (size_t i = 0; i < plan.steps.size(); ++i)
    if (!plan.steps[i].planes.empty())
      planes_[i].start = AlignedBuffer<int32_t>(plan.steps[i].packed.start.size());
  // Others store beyond their channels and rely on every row being stored anew.
  for (size_t i = 0; i < plan.steps.size(); ++i)
    if (plan.steps[i].kind == StepKind::import && !computed[static_cast<size_t>(plan.steps[i].out.buffer)])
      lone_imports_.push_back(i);
}

template <class T>
T* Executor<T>::at(const View& view, int y, int x) const {
  const Buffer& buffer = plan_.buffers[static_cast<size_t>(view.buffer)];
  const int in_buffer = y + view.y;
  T* arena = reinterpret_cast<T*>(plan_.arena.data());
  if (in_buffer < 0 || in_buffer >= buffer.height) return arena + plan_.zero_row + view.channel;
  const ptrdiff_t column = x + view.x - buffer.origin[static_cast<size_t>(stripe_)];
  return arena + buffer.row_offsets[static_cast<size_t>(in_buffer)] + column * buffer.pitch + view.channel;
}

// Inputs are often a plane of one value, such as a QP. Once it fills a ring's slots, the other rows are
// there.
template <class T>
void Executor<T>::find_uniform(const T* const* inputs) {
  uint64_t found = 0;
  for (size_t i : lone_imports_) {
    if (!plan_.uniform_inputs) break;
    const Step& step = plan_.steps[i];
    const View& out = step.out;
    const auto channels = static_cast<size_t>(out.channels);
    const size_t pixels = static_cast<size_t>(out.height) * static_cast<size_t>(out.width);
    const T* tensor = inputs[step.external];
    const bool uniform = !std::memcmp(tensor, tensor + channels, (pixels - 1) * channels * sizeof(T));
    rows_to_run_[i] = uniform ? plan_.buffers[static_cast<size_t>(out.buffer)].rows : out.height;
    if (uniform && step.external < 64) found |= uint64_t{1} << step.external;
  }
  if constexpr (std::is_same_v<T, int16_t>) find_planes(found);
}

// Whole pairs of the channels that come from planes of one value, given the inputs that are such planes.
template <class T>
void Executor<T>::find_planes(uint64_t uniform) {
  for (size_t i = 0; i < planes_.size(); ++i) {
    const Step& step = plan_.steps[i];
    const auto end = std::find_if(step.planes.begin(), step.planes.end(),
                                  [&](uint64_t sources) { return (sources & ~uniform) != 0; });
    const int folded = static_cast<int>(end - step.planes.begin());
    const int left = (step.operands.empty() ? 0 : step.operands[0].view.channels - folded + 1) / 2;
    planes_[i].pairs = folded && left < step.packed.run_pairs ? std::max(left, 1) : 0;
    planes_[i].ready = false;
  }
}

// Any pixel has the planes' numbers. Modulo 2^32, as the kernels' sums.
template <class T>
void Executor<T>::sum_planes(const Step& step, int y, PlaneSums& sums) {
  const PackedConv& packed = step.packed;
  const T* pixel = at(step.operands[0].view, step.operands[0].map.first(y),
                      step.operands[0].columns.first(columns(step).begin));
  int block = 0;
  for (int first = 0; first < packed.channels; first += block) {
    block = block_channels(packed.channels - first, table_.conv_block);
    const int16_t* weights = packed.weights.data() + ptrdiff_t{first} * packed.run_pairs * 2;
    for (int lane = 0; lane < block; ++lane) {
      auto sum = static_cast<uint32_t>(packed.start[static_cast<size_t>(first + lane)]);
      for (int pair = sums.pairs; pair < packed.run_pairs; ++pair)
        for (int i = 0; i < 2; ++i)
          sum += static_cast<uint32_t>(weights[(pair * block + lane) * 2 + i] *
                                       static_cast<int>(pixel[2 * pair + i]));
      sums.start[static_cast<size_t>(first + lane)] = static_cast<int32_t>(sum);
    }
  }
  sums.ready = true;
}

// Makes a slot's columns valid around those that the step is about to compute: zeros beside the picture, and
// what stripes before left.
template <class T>
void Executor<T>::restore(const Step& step, int y) {
  const StripeColumns& range = columns(step);
  const auto fill = [&](const View& view, int first, const KeptColumns& kept) {
    if (view.buffer < 0) return;
    const Buffer& buffer = plan_.buffers[static_cast<size_t>(view.buffer)];
    const int begin = buffer.origin[static_cast<size_t>(stripe_)], end = begin + buffer.columns;
    const auto channels = static_cast<size_t>(view.channels);
    for (int x = begin; x < std::min(0, end); ++x) std::fill_n(at(view, y, x), channels, T{});
    if (range.end == view.width)
      for (int x = std::max(view.width, begin); x < end; ++x) std::fill_n(at(view, y, x), channels, T{});
    if (!kept.row_elements) return;
    const T* source = reinterpret_cast<const T*>(plan_.arena.data()) + kept.offset + y * kept.row_elements;
    for (int x = std::max(first, 0); x < range.begin; ++x, source += channels)
      std::copy_n(source, channels, at(view, y, x));
  };
  fill(step.out, range.first_out, step.kept_out);
  fill(step.raw, range.first_raw, step.kept_raw);
}

// Saves the columns that the next stripe reads to the left of its own.
template <class T>
void Executor<T>::keep(const Step& step, int y) {
  const StripeColumns& next = step.stripes[static_cast<size_t>(stripe_) + 1];
  const auto save = [&](const View& view, int first, const KeptColumns& kept) {
    if (!kept.row_elements) return;
    T* out = reinterpret_cast<T*>(plan_.arena.data()) + kept.offset + y * kept.row_elements;
    for (int x = std::max(first, 0); x < next.begin; ++x, out += view.channels)
      std::copy_n(at(view, y, x), view.channels, out);
  };
  save(step.out, next.first_out, step.kept_out);
  save(step.raw, next.first_raw, step.kept_raw);
}

namespace {

// A stripe touches short pieces of a tensor's rows, which the hardware does not foresee.
constexpr int kPrefetchRows = 4;

template <bool ForWriting, class T>
void prefetch(const T* data, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i += static_cast<ptrdiff_t>(64 / sizeof(T)))
    __builtin_prefetch(data + i, ForWriting ? 1 : 0, 2);
}

}  // namespace

template <class T>
void Executor<T>::import_row(const Step& step, int y, const T* tensor) {
  const StripeColumns& range = columns(step);
  const int begin = std::max(range.first_out, 0);
  const ptrdiff_t channels = step.out.channels;
  const T* source = tensor + (ptrdiff_t{y} * step.out.width + begin) * channels;
  if (y + kPrefetchRows < step.out.height)
    prefetch<false>(source + kPrefetchRows * step.out.width * channels, (range.end - begin) * channels);
  move_row<T>({&source, channels}, {at(step.out, y, begin), pitch(step.out), range.end - begin, y, begin},
              step.out.channels, 0);
}

template <class T>
void Executor<T>::output_row(const Step& step, int y, T* tensor) {
  const StripeColumns& range = columns(step);
  const View& view = step.operands[0].view;
  const T* source = at(view, y, range.begin);
  const ptrdiff_t channels = step.out.channels;
  T* out = tensor + (ptrdiff_t{y} * step.out.width + range.begin) * channels;
  if (y + kPrefetchRows < step.out.height)
    prefetch<true>(out + kPrefetchRows * step.out.width * channels, (range.end - range.begin) * channels);
  move_row<T>({&source, pitch(view)}, {out, channels, range.end - range.begin, y, range.begin},
              step.out.channels, 0);
}

template <class T>
RowOutputOf<T> Executor<T>::row_output(const Step& step, int y) const {
  const int x = columns(step).begin;
  RowOutputOf<T> output{
      .pixels = columns(step).end - x, .out = at(step.out, y, x), .out_step = pitch(step.out)};
  if (step.raw.buffer >= 0) {
    output.raw = at(step.raw, y, x);
    output.raw_step = pitch(step.raw);
  }
  if (step.operands.size() > 1) {
    output.residual = at(step.operands[1].view, y, x);
    output.residual_step = pitch(step.operands[1].view);
  }
  return output;
}

// Fills pointers_ with where the first pixel's window begins in `tap_columns` of its columns, row by row.
template <class T>
int Executor<T>::tap_pointers(const Step& step, int y, int tap_columns) {
  const Window& w = plan_.graph.layers[static_cast<size_t>(step.layer)].window;
  const Operand& in = step.operands[0];
  const ptrdiff_t in_pitch = pitch(in.view);
  int count = 0;
  for (int ky = 0; ky < w.kernel_height; ++ky) {
    const T* first = at(in.view, in.map.first(y) + ky, in.columns.first(columns(step).begin));
    for (int kx = 0; kx < tap_columns; ++kx) pointers_[static_cast<size_t>(count++)] = first + kx * in_pitch;
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
    PlaneSums& planes = planes_[static_cast<size_t>(&step - plan_.steps.data())];
    if (planes.pairs && !planes.ready) sum_planes(step, y, planes);
    table_.conv_row_i16({.runs = pointers_.data(),
                         .run_count = runs,
                         .run_pairs = planes.pairs ? planes.pairs : packed.run_pairs,
                         .pixel_step = pixel_step,
                         .chunk = packed.chunk,
                         .weights = packed.weights.data(),
                         .weights_per_channel = 2 * runs * packed.run_pairs,
                         .start = planes.pairs ? planes.start.data() : packed.start.data(),
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
void Executor<T>::element_row(const Step& step, const RowOut<T>& out) {
  const Layer& layer = plan_.graph.layers[static_cast<size_t>(step.layer)];
  RowRing<T> rings[3] = {};
  Shape shapes[3] = {};
  for (size_t i = 0; i < step.operands.size(); ++i) {
    const View& v = step.operands[i].view;
    const Buffer& b = plan_.buffers[static_cast<size_t>(v.buffer)];
    const ptrdiff_t column = ptrdiff_t{v.x - b.origin[static_cast<size_t>(stripe_)]} * b.pitch + v.channel;
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
  run_element_row<T>(plan_.graph, layer, rings, shapes, result, out);
}

template <class T>
void Executor<T>::plain_row(const Step& step, int y) {
  const int begin = columns(step).begin;
  const RowOut<T> out{at(step.out, y, begin), pitch(step.out), columns(step).end - begin, y, begin};
  const Layer& layer = plan_.graph.layers[static_cast<size_t>(step.layer)];
  if (is_element_layer(layer)) return element_row(step, out);
  RowIn<T> inputs[2] = {};
  const T** pointer = pointers_.data();
  for (size_t i = 0; i < step.operands.size(); ++i) {
    const Operand& operand = step.operands[i];
    inputs[i] = {pointer, pitch(operand.view)};
    for (int ky = 0; ky < operand.map.extent; ++ky)
      *pointer++ = at(operand.view, operand.map.first(y) + ky, operand.columns.first(begin));
  }
  if (layer.op == Op::concat || layer.op == Op::conv || layer.op == Op::pad)
    move_row(inputs[0], out, step.out.channels, step.shift);
  else
    run_row(plan_.graph, layer, inputs, out);
}

template <class T>
void Executor<T>::compute(const Step& step, int y, const T* const* inputs, T* const* outputs) {
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
void Executor<T>::run_event(const Event& event, const T* const* inputs, T* const* outputs) {
  const Step& step = plan_.steps[static_cast<size_t>(event.step)];
  const StripeColumns& range = columns(step);
  if (range.idle() || event.row >= rows_to_run_[static_cast<size_t>(event.step)]) return;
  // In a single stripe nothing ever overwrites the zeros that the arena begins with.
  if (plan_.stripe_count > 1) restore(step, event.row);
  if (range.begin < range.end || step.kind == StepKind::import) compute(step, event.row, inputs, outputs);
  if (stripe_ + 1 < plan_.stripe_count) keep(step, event.row);
}

template <class T>
void Executor<T>::run(const T* const* inputs, T* const* outputs) {
  find_uniform(inputs);
  for (stripe_ = 0; stripe_ < plan_.stripe_count; ++stripe_)
    for (const Event& event : plan_.schedule) run_event(event, inputs, outputs);
}

template <class T>
void Executor<T>::profile(const T* const* inputs, T* const* outputs, double* step_seconds) {
  find_uniform(inputs);
  for (stripe_ = 0; stripe_ < plan_.stripe_count; ++stripe_)
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
