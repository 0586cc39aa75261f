// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/cpu/kernels/table.h"

namespace inloop::nn {
namespace {

constexpr int kBlock = 8;

float activate(float v, const EpilogueF32& e, int c) {
  switch (e.activation) {
    case Activation::none:
      return v;
    case Activation::relu:
      return v < 0 ? 0 : v;
    case Activation::clip:
      v = v < e.low ? e.low : v;
      return v > e.high ? e.high : v;
    default:
      return v < 0 ? v * e.slope[c] : v;
  }
}

void finish(float v, int pixel, int c, const EpilogueF32& e, const RowOutputF32& o) {
  if (e.bias) v += e.bias[c];
  if (o.residual) v += o.residual[pixel * o.residual_step + c];
  if (o.raw) o.raw[pixel * o.raw_step + c] = v;
  o.out[pixel * o.out_step + c] = activate(v, e, c);
}

void conv_row_f32(const ConvRowF32& row) {
  for (int block = 0; block < row.channels; block += kBlock)
    for (int pixel = 0; pixel < row.output.pixels; ++pixel) {
      float sums[kBlock] = {};
      const float* weight = row.weights + ptrdiff_t{block} * row.run_count * row.run_length;
      for (int run = 0; run < row.run_count; ++run) {
        const float* in = row.runs[run] + pixel * row.pixel_step;
        for (int i = 0; i < row.run_length; ++i, weight += kBlock)
          for (int lane = 0; lane < kBlock; ++lane) sums[lane] += in[i] * weight[lane];
      }
      for (int lane = 0; lane < kBlock; ++lane)
        finish(sums[lane], pixel, block + lane, *row.epilogue, row.output);
    }
}

void depthwise_row_f32(const DepthwiseRowF32& row) {
  for (int block = 0; block < row.channels; block += kBlock)
    for (int pixel = 0; pixel < row.output.pixels; ++pixel) {
      float sums[kBlock] = {};
      const float* weight = row.weights + ptrdiff_t{block} * row.tap_count;
      for (int tap = 0; tap < row.tap_count; ++tap, weight += kBlock) {
        const float* in = row.taps[tap] + pixel * row.pixel_step + block;
        for (int lane = 0; lane < kBlock; ++lane) sums[lane] += in[lane] * weight[lane];
      }
      for (int lane = 0; lane < kBlock; ++lane)
        finish(sums[lane], pixel, block + lane, *row.epilogue, row.output);
    }
}

int conv_block_f32(int) { return kBlock; }

}  // namespace

void fill_scalar_f32(KernelTable& table) {
  table.conv_block_f32 = conv_block_f32;
  table.depthwise_block_f32 = kBlock;
  table.conv_row_f32 = conv_row_f32;
  table.depthwise_row_f32 = depthwise_row_f32;
}

}  // namespace inloop::nn
