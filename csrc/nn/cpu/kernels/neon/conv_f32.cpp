// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <arm_neon.h>

#include "nn/cpu/kernels/tiles_f32.h"

namespace inloop::nn {
namespace {

// Vectors of four floats for tiles_f32.h.
struct Four {
  using Vector = float32x4_t;
  static constexpr int kLanes = 4;
  static INLINE Vector zero() { return vdupq_n_f32(0); }
  static INLINE Vector load(const float* at) { return vld1q_f32(at); }
  static INLINE void store(float* at, Vector v) { vst1q_f32(at, v); }
  static INLINE Vector broadcast(const float* at) { return vld1q_dup_f32(at); }
  static INLINE Vector add(Vector a, Vector b) { return vaddq_f32(a, b); }
  static INLINE void multiply_add(Vector& sum, Vector a, Vector b) { sum = vfmaq_f32(sum, a, b); }

  struct Constants {
    Vector first, second;
  };
  template <Activation Kind>
  static INLINE Constants constants(const EpilogueF32& e, int c) {
    if constexpr (Kind == Activation::prelu) return {load(e.slope + c), zero()};
    if constexpr (Kind == Activation::clip) return {vdupq_n_f32(e.low), vdupq_n_f32(e.high)};
    return {zero(), zero()};
  }
  // The instructions for min and max return NaN where one operand is NaN.
  template <Activation Kind>
  static INLINE Vector activate(Vector v, const Constants& k) {
    if constexpr (Kind == Activation::none) return v;
    if constexpr (Kind == Activation::relu) return vmaxq_f32(v, k.first);
    if constexpr (Kind == Activation::clip) return vminq_f32(vmaxq_f32(v, k.first), k.second);
    return vbslq_f32(vcltzq_f32(v), vmulq_f32(v, k.first), v);
  }
};

int conv_block_f32(int channels) { return channels >= 16 ? 16 : 8; }

// 20 sums, four weights and one activation take 25 of the 32 registers.
void conv_row_f32(const ConvRowF32& row) {
  const int chunk = row.chunk > 0 ? row.chunk : row.output.pixels;
  for (int begin = 0; begin < row.output.pixels; begin += chunk) {
    const int end = begin + chunk < row.output.pixels ? begin + chunk : row.output.pixels;
    int block = 0;
    for (; block + 16 <= row.channels; block += 16) conv_block<Four, 4, 5>(row, begin, end, block);
    if (block < row.channels) conv_block<Four, 2, 10>(row, begin, end, block);
  }
}

void depthwise_row_f32(const DepthwiseRowF32& row) {
  if (row.tap_count == 3)
    depthwise<Four, Four, 3>(row);
  else
    depthwise<Four, Four, 0>(row);
}

}  // namespace

void fill_neon_f32(KernelTable& table) {
  table.conv_block_f32 = conv_block_f32;
  table.depthwise_block_f32 = 4;
  table.conv_row_f32 = conv_row_f32;
  table.depthwise_row_f32 = depthwise_row_f32;
}

}  // namespace inloop::nn
