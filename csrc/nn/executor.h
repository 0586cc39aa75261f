// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "nn/plan.h"

namespace inloop::nn {

// Runs a plan's schedule over its arena. Allocates on construction only.
class Executor {
 public:
  explicit Executor(Plan& plan);
  void run(const int16_t* const* inputs, int16_t* const* outputs);
  // The same, adding the seconds spent in every step to step_seconds[step].
  void profile(const int16_t* const* inputs, int16_t* const* outputs, double* step_seconds);

 private:
  void run_event(const Event& event, const int16_t* const* inputs, int16_t* const* outputs);
  int16_t* row(const View& view, int y) const;
  ptrdiff_t pitch(const View& view) const { return plan_.buffers[static_cast<size_t>(view.buffer)].pitch; }
  void import_row(const Step& step, int y, const int16_t* tensor);
  void output_row(const Step& step, int y, int16_t* tensor);
  void convolution_row(const Step& step, int y);
  void depthwise_row(const Step& step, int y);
  void plain_row(const Step& step, int y);
  RowOutput row_output(const Step& step, int y) const;

  Plan& plan_;
  const KernelTable& table_;
  std::vector<const int16_t*> pointers_;  // scratch: rows or taps of the row being computed
};

}  // namespace inloop::nn
