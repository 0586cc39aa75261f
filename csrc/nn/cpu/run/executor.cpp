// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/cpu/run/executor.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <type_traits>

namespace inloop::nn {
namespace {

// Returns the pointers that a row needs at most: the taps of the largest window or the rows of two operands.
size_t scratch_pointers(const Plan& plan) {
  size_t most = 512;
  for (const Layer& layer : plan.graph().layers)
    most = std::max(most, static_cast<size_t>(layer.window.kernel_height * layer.window.kernel_width));
  return most;
}

}  // namespace

template <class T>
Executor<T>::Executor(const Plan& plan, const Weights& weights)
    : plan_(plan),
      weights_(weights),
      graph_(weights.topology->graph),
      table_(*weights.kernels),
      arena_(plan.arena_bytes / sizeof(T)),
      pointers_(scratch_pointers(plan)),
      calls_(kernel_calls<T>(plan, weights, pointers_.data())) {
  std::vector<bool> computed(plan.buffers.size());
  for (const Step& step : plan.steps) {
    rows_to_run_.push_back(step.out.height);
    kept_per_row_.push_back(step.kept_out + step.kept_raw);
    for (const View& view : {step.out, step.raw})
      if (step.kind != StepKind::import && view.buffer >= 0)
        computed[static_cast<size_t>(view.buffer)] = true;
  }
  planes_.resize(plan.steps.size());
  for (size_t i = 0; i < plan.steps.size(); ++i)
    if (const int part = plan.steps[i].part; part >= 0 && !planes_of(part).empty())
      planes_[i].start = AlignedBuffer<int32_t>(weights.convolutions[static_cast<size_t>(part)].start.size());
  // Other steps store beyond their channels and rely on every row being stored anew.
  for (size_t i = 0; i < plan.steps.size(); ++i)
    if (plan.steps[i].kind == StepKind::import && !computed[static_cast<size_t>(plan.steps[i].out.buffer)])
      lone_imports_.push_back(i);
  work_.resize(plan.steps.size());
  if constexpr (std::is_same_v<T, int16_t>) winograd_.attach(table_, calls_);
}

template <class T>
T* Executor<T>::at(const View& view, int y, int x) {
  return arena_.data() + place_of(plan_, view, y, x, stripe_);
}

// An input is often a plane of one value, such as a QP. Once it fills the slots of its ring, the other rows
// need no copy.
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

// Finds the whole pairs of channels that come from planes of one value, for the inputs that are such planes.
template <class T>
void Executor<T>::find_planes(uint64_t uniform) {
  for (size_t i = 0; i < planes_.size(); ++i) {
    const Step& step = plan_.steps[i];
    if (step.kind != StepKind::convolution) continue;
    const std::vector<uint64_t>& channels = planes_of(step.part);
    const auto end = std::find_if(channels.begin(), channels.end(),
                                  [&](uint64_t sources) { return (sources & ~uniform) != 0; });
    const int folded = static_cast<int>(end - channels.begin());
    const int left = (step.operands[0].view.channels - folded + 1) / 2;
    PlaneSums& planes = planes_[i];
    planes.pairs = folded && left < step.form.run_pairs ? std::max(left, 1) : 0;
    planes.ready = false;
    if constexpr (std::is_same_v<T, int16_t>) {
      const PackedConv& packed = weights_.convolutions[static_cast<size_t>(step.part)];
      calls_[i].conv.run_pairs = planes.pairs ? planes.pairs : step.form.run_pairs;
      calls_[i].conv.start = planes.pairs ? planes.start.data() : packed.start.data();
    }
  }
}

// Any pixel has the values of the planes. Sums are modulo 2^32, as those of the kernels.
template <class T>
void Executor<T>::sum_planes(const Step& step, int y, PlaneSums& sums) {
  const PackedConv& packed = weights_.convolutions[static_cast<size_t>(step.part)];
  const int run_pairs = step.form.run_pairs;
  const T* pixel = at(step.operands[0].view, step.operands[0].map.first(y),
                      step.operands[0].columns.first(columns(step).begin));
  int block = 0;
  for (int first = 0; first < packed.channels; first += block) {
    block = block_channels(packed.channels - first, table_.conv_block);
    const int16_t* weights = packed.weights.data() + ptrdiff_t{first} * run_pairs * 2;
    for (int lane = 0; lane < block; ++lane) {
      auto sum = static_cast<uint32_t>(packed.start[static_cast<size_t>(first + lane)]);
      for (int pair = sums.pairs; pair < run_pairs; ++pair)
        for (int i = 0; i < 2; ++i)
          sum += static_cast<uint32_t>(weights[(pair * block + lane) * 2 + i] *
                                       static_cast<int>(pixel[2 * pair + i]));
      sums.start[static_cast<size_t>(first + lane)] = static_cast<int32_t>(sum);
    }
  }
  sums.ready = true;
}

// Computes once what would be the same for every row, because rows of a stripe are short.
template <class T>
void Executor<T>::start_stripe(int stripe) {
  stripe_ = stripe;
  begin_stripe(plan_, arena_.data(), stripe, calls_);
  for (size_t i = 0; i < work_.size(); ++i) work_[i] = stripe_work(plan_, plan_.steps[i], stripe);
}

namespace {

// A stripe touches short pieces of the rows of a tensor, which the hardware does not prefetch.
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

// `places` are those of the event; the call says how many there are.
template <class T>
void Executor<T>::kernel_rows(const Event& event, const uint32_t* places) {
  const auto index = static_cast<size_t>(event.step);
  KernelCall<T>& call = calls_[index];
  if constexpr (std::is_same_v<T, int16_t>) {
    PlaneSums& planes = planes_[index];
    if (planes.pairs && !planes.ready) sum_planes(plan_.steps[index], event.row, planes);
    if (event.rows == 2 && call.winograd.limit) return run_winograd(table_, call, places, pointers_.data());
  }
  for (int row = 0; row < event.rows; ++row) {
    set_row(call, places, event.rows, row, pointers_.data());
    if constexpr (std::is_same_v<T, float>)
      call.is_depthwise ? table_.depthwise_row_f32(call.depthwise) : table_.conv_row_f32(call.conv);
    else
      call.is_depthwise ? table_.depthwise_row_i16(call.depthwise) : table_.conv_row_i16(call.conv);
  }
}

template <class T>
void Executor<T>::element_row(const Step& step, const RowOut<T>& out) {
  RowRing<T> rings[3] = {};
  Shape shapes[3] = {};
  for (size_t i = 0; i < step.operands.size(); ++i) {
    const View& v = step.operands[i].view;
    const Buffer& b = plan_.buffers[static_cast<size_t>(v.buffer)];
    const ptrdiff_t column = ptrdiff_t{v.x - b.origin[static_cast<size_t>(stripe_)]} * b.pitch + v.channel;
    const T* arena = arena_.data();
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
  run_element_row<T>(table_, graph_, layer(step), rings, shapes, result, out);
}

template <class T>
void Executor<T>::plain_row(const Step& step, int y) {
  const int begin = columns(step).begin;
  const RowOut<T> out{at(step.out, y, begin), pitch(step.out), columns(step).end - begin, y, begin};
  const Layer& layer = this->layer(step);
  if (is_element_op(layer.op)) return element_row(step, out);
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
    run_row(graph_, layer, inputs, out);
}

// `places` are used for rows of convolutions only.
template <class T>
void Executor<T>::compute(const Event& event, const uint32_t* places, const T* const* inputs,
                          T* const* outputs) {
  const Step& step = plan_.steps[static_cast<size_t>(event.step)];
  switch (step.kind) {
    case StepKind::import:
      return import_row(step, event.row, inputs[step.external]);
    case StepKind::convolution:
    case StepKind::depthwise:
      return kernel_rows(event, places);
    case StepKind::rows:
      return plain_row(step, event.row);
    case StepKind::output:
      return output_row(step, event.row, outputs[step.external]);
  }
}

template <class T>
void Executor<T>::run_event(const Event& event, const uint32_t* places, T* kept, const T* const* inputs,
                            T* const* outputs) {
  const auto index = static_cast<size_t>(event.step);
  if (event.row >= rows_to_run_[index]) return;
  const StripeWork& work = work_[index];
  T* arena = arena_.data();
  const auto for_rows = [&](auto visit) {
    for (int row = 0; row < event.rows; ++row) visit(event.row + row, kept + row * kept_per_row_[index]);
  };
  if (work.restore) for_rows([&](int y, const T* from) { restore_row<T>(arena, work, y, from); });
  if (work.compute) compute(event, places, inputs, outputs);
  if (work.keep) for_rows([&](int y, T* to) { keep_row<T>(arena, work, y, to); });
}

template <class T>
template <class Around>
void Executor<T>::run_events(const T* const* inputs, T* const* outputs, Around around) {
  find_uniform(inputs);
  for (int stripe = 0; stripe < plan_.stripe_count; ++stripe) {
    start_stripe(stripe);
    const uint32_t* places = plan_.places.data();
    T* kept = arena_.data() + plan_.kept;
    for (const Event& event : plan_.schedule) {
      around(event.step, [&] { run_event(event, places, kept, inputs, outputs); });
      places += calls_[static_cast<size_t>(event.step)].places(event.rows);
      kept += event.rows * kept_per_row_[static_cast<size_t>(event.step)];
    }
  }
}

template <class T>
void Executor<T>::run(const T* const* inputs, T* const* outputs) {
  run_events(inputs, outputs, [](int, auto event) { event(); });
}

template <class T>
void Executor<T>::profile(const T* const* inputs, T* const* outputs, double* step_seconds) {
  run_events(inputs, outputs, [&](int step, auto event) {
    const auto begin = std::chrono::steady_clock::now();
    event();
    step_seconds[step] += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  });
}

template class Executor<int16_t>;
template class Executor<float>;

}  // namespace inloop::nn
