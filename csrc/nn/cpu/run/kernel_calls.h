// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "nn/cpu/plan/plan.h"
#include "nn/cpu/weights/weights.h"

namespace inloop::nn {

// The arguments of a convolution's kernel. Everything except the pointers to the row is the same for every
// row of a step and is set only once, because rows of a block are short: setting it for every row took 4 to 8
// % of the time.
template <class T>
struct KernelCall {
  using Conv = std::conditional_t<std::is_same_v<T, float>, ConvRowF32, ConvRow>;
  using Depthwise = std::conditional_t<std::is_same_v<T, float>, DepthwiseRowF32, DepthwiseRow>;

  bool is_depthwise = false;
  int window_rows = 0;     // 0 where the step is no convolution
  int taps_per_row = 0;    // pointers for each row of the window
  ptrdiff_t tap_step = 0;  // distance of these pointers, in elements
  bool raw = false, residual = false;
  // The addresses in the current stripe that places are relative to.
  const T* in_base = nullptr;
  const T* residual_base = nullptr;
  T *out_base = nullptr, *raw_base = nullptr;
  Conv conv;
  Depthwise depthwise;
  WinogradRows winograd;  // its limit is 0 where it is not used

  RowOutputOf<T>& output() { return is_depthwise ? depthwise.output : conv.output; }
  const RowOutputOf<T>& output() const { return is_depthwise ? depthwise.output : conv.output; }
  // Returns how many places an event of that many rows has.
  int places(int rows) const {
    return window_rows ? window_rows + rows - 1 + rows * (1 + int{raw} + int{residual}) : 0;
  }
};

// Makes one call for each step of the plan. `pointers` is where the kernels find the rows or taps of the
// current row. Plan and weights must outlive the calls.
template <class T>
std::vector<KernelCall<T>> kernel_calls(const Plan& plan, const Weights& weights, const T* const* pointers);

// Points a call to row `row` of an event of `rows` rows, whose places these are. The runs or taps go to
// `pointers`.
template <class T>
void set_row(KernelCall<T>& call, const uint32_t* places, int rows, int row, const T** pointers) {
  for (int ky = 0; ky < call.window_rows; ++ky) {
    const T* first = call.in_base + places[row + ky];
    for (int kx = 0; kx < call.taps_per_row; ++kx, first += call.tap_step) *pointers++ = first;
  }
  places += call.window_rows + rows - 1 + row;
  RowOutputOf<T>& output = call.output();
  output.out = call.out_base + *places;
  if (call.raw) output.raw = call.raw_base + *(places += rows);
  if (call.residual) output.residual = call.residual_base + *(places += rows);
}

// Sets the bases and the numbers of pixels of the calls for a stripe.
template <class T>
void begin_stripe(const Plan& plan, T* arena, int stripe, std::vector<KernelCall<T>>& calls);

// Returns the place of pixel (x, y) of a view in a stripe; a row outside the buffer is the row of zeros.
size_t place_of(const Plan& plan, const View& view, int y, int x, int stripe);

}  // namespace inloop::nn
