// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/cpu/plan/kernel_form.h"

#include <algorithm>

#include "nn/cpu/kernels/table.h"

namespace inloop::nn {
namespace {

// Returns how many pixels go through all blocks of weights before the next ones do: what fills half of an L1
// cache of 32 KiB, in whole tiles.
constexpr int chunk_pixels(int pixel_bytes, int tile) {
  constexpr int kCacheBytes = 16384;
  return std::max(kCacheBytes / pixel_bytes / tile, 1) * tile;
}

}  // namespace

// The packed weights are in the order of taps and channels, so they serve merged columns as well.
KernelForm kernel_form(const Plan& plan, const Step& step) {
  const bool is_float = plan.graph().type == ElementType::float32;
  const Window& w = plan.layer(step).window;
  const Taps& taps = plan.topology->parts[static_cast<size_t>(step.part)].taps;
  const View& in = step.operands[0].view;
  const int pitch = plan.buffers[static_cast<size_t>(in.buffer)].pitch;
  const int run = is_float ? in.channels : round_up(in.channels, 2);  // int16 is read in pairs
  KernelForm form;
  form.merged_columns = taps.columns > 1 && taps.step_x == 1 && pitch == run;
  const int length = run * (form.merged_columns ? taps.columns : 1);
  (is_float ? form.run_length : form.run_pairs) = is_float ? length : length / 2;
  const auto row_bytes = static_cast<int>(plan.element_bytes()) * pitch * w.stride_x * taps.rows;
  form.chunk = chunk_pixels(row_bytes, is_float ? 12 : 24);
  return form;
}

}  // namespace inloop::nn
