// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "nn/cpu/plan/plan.h"
#include "nn/cpu/run/kernel_calls.h"
#include "nn/cpu/run/row_ops.h"
#include "nn/cpu/run/stripe_work.h"
#include "nn/cpu/run/winograd.h"

namespace inloop::nn {

// Where some of the last channels of a convolution's input are planes of one value, their part of the sums is
// the same for every pixel and computed only once.
struct PlaneSums {
  int pairs = 0;                 // channels left to the kernel, in pairs; 0 where nothing is folded
  bool ready = false;            // whether `start` is computed in this run
  AlignedBuffer<int32_t> start;  // initial sums that include that part
};

// Runs the schedule of a plan with some weights, in an arena of its own. T is the element type of the graph,
// int16_t or float. It allocates only when it is constructed. It is not thread-safe: each thread needs its
// own.
template <class T>
class Executor {
 public:
  // The weights must belong to a topology with the structure of the plan; both must outlive the executor.
  Executor(const Plan& plan, const Weights& weights);
  void run(const T* const* inputs, T* const* outputs);
  // Does the same and adds the seconds spent in every step to step_seconds[step].
  void profile(const T* const* inputs, T* const* outputs, double* step_seconds);

 private:
  void start_stripe(int stripe);
  void run_event(const Event& event, const uint32_t* places, T* kept, const T* const* inputs,
                 T* const* outputs);
  // Returns the first element of pixel (x, y) of a view; a row outside the buffer is the row of zeros.
  T* at(const View& view, int y, int x);
  const Layer& layer(const Step& step) const { return graph_.layers[static_cast<size_t>(step.layer)]; }
  const std::vector<uint64_t>& planes_of(int part) const {
    return weights_.topology->parts[static_cast<size_t>(part)].planes;
  }
  const StripeColumns& columns(const Step& step) const { return step.stripes[static_cast<size_t>(stripe_)]; }
  ptrdiff_t pitch(const View& view) const { return plan_.buffers[static_cast<size_t>(view.buffer)].pitch; }
  void find_uniform(const T* const* inputs);
  void find_planes(uint64_t uniform);
  void sum_planes(const Step& step, int y, PlaneSums& sums);
  void compute(const Event& event, const uint32_t* places, const T* const* inputs, T* const* outputs);
  void import_row(const Step& step, int y, const T* tensor);
  void output_row(const Step& step, int y, T* tensor);
  void kernel_rows(const Event& event, const uint32_t* places);
  void element_row(const Step& step, const RowOut<T>& out);
  void plain_row(const Step& step, int y);
  template <class Around>
  void run_events(const T* const* inputs, T* const* outputs, Around around);

  const Plan& plan_;
  const Weights& weights_;
  const Graph& graph_;  // the graph of the weights, which has the constants
  const KernelTable& table_;
  AlignedBuffer<T> arena_;
  int stripe_ = 0;
  std::vector<int> rows_to_run_;         // per step
  std::vector<ptrdiff_t> kept_per_row_;  // per step, in elements
  std::vector<size_t> lone_imports_;     // steps whose buffers hold nothing but inputs
  std::vector<PlaneSums> planes_;        // per step, for int16
  std::vector<const T*> pointers_;       // scratch for the rows or taps of the current row
  std::vector<KernelCall<T>> calls_;     // per step
  std::vector<StripeWork> work_;         // per step, for the current stripe
  WinogradScratch winograd_;             // of all steps
};

extern template class Executor<int16_t>;
extern template class Executor<float>;

}  // namespace inloop::nn
