// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "nn/cpu/plan/plan.h"
#include "nn/cpu/run/kernel_calls.h"
#include "nn/cpu/run/row_ops.h"
#include "nn/cpu/run/stripe_work.h"

namespace inloop::nn {

// Of a convolution some of whose input's last channels are planes of one value: their part of its sums.
struct PlaneSums {
  int pairs = 0;                 // channels left to the kernel, in pairs; 0 where nothing is folded
  bool ready = false;            // in this run
  AlignedBuffer<int32_t> start;  // with that part
};

// Runs a plan's schedule over its arena; T is the graph's element type, int16_t or float. Allocates on
// construction only.
template <class T>
class Executor {
 public:
  explicit Executor(Plan& plan);
  void run(const T* const* inputs, T* const* outputs);
  // The same, adding the seconds spent in every step to step_seconds[step].
  void profile(const T* const* inputs, T* const* outputs, double* step_seconds);

 private:
  void start_stripe(int stripe);
  void run_event(const Event& event, const uint32_t* places, T* kept, const T* const* inputs,
                 T* const* outputs);
  // First element of pixel (x, y) of a view; a row outside of the buffer is the row of zeros.
  T* at(const View& view, int y, int x) const;
  const StripeColumns& columns(const Step& step) const { return step.stripes[static_cast<size_t>(stripe_)]; }
  ptrdiff_t pitch(const View& view) const { return plan_.buffers[static_cast<size_t>(view.buffer)].pitch; }
  void find_uniform(const T* const* inputs);
  void find_planes(uint64_t uniform);
  void sum_planes(const Step& step, int y, PlaneSums& sums);
  void compute(const Event& event, const uint32_t* places, const T* const* inputs, T* const* outputs);
  void import_row(const Step& step, int y, const T* tensor);
  void output_row(const Step& step, int y, T* tensor);
  void kernel_row(int index, int y, const uint32_t* places);
  void element_row(const Step& step, const RowOut<T>& out);
  void plain_row(const Step& step, int y);
  template <class Around>
  void run_events(const T* const* inputs, T* const* outputs, Around around);

  Plan& plan_;
  const KernelTable& table_;
  int stripe_ = 0;
  std::vector<int> rows_to_run_;         // per step
  std::vector<ptrdiff_t> kept_per_row_;  // per step: elements
  std::vector<size_t> lone_imports_;     // steps whose buffers hold inputs only
  std::vector<PlaneSums> planes_;        // per step; int16
  std::vector<const T*> pointers_;       // scratch: rows or taps of the row being computed
  std::vector<KernelCall<T>> calls_;     // per step
  std::vector<uint32_t> places_;         // of all convolutions' rows, in order
  std::vector<StripeWork> work_;         // per step, in the stripe at hand
};

extern template class Executor<int16_t>;
extern template class Executor<float>;

}  // namespace inloop::nn
