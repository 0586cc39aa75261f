// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <immintrin.h>

#include "nn/cpu/kernels/avx2/eight_f32.h"
#include "nn/cpu/kernels/tiles_f32.h"

namespace inloop::nn {
namespace {

// 12 accumulators, 2 weights and 1 activation take 15 of the 16 registers.
int conv_block_f32(int channels) { return channels >= 16 ? 16 : 8; }

void conv_row_f32(const ConvRowF32& row) {
  const int chunk = row.chunk > 0 ? row.chunk : row.output.pixels;
  for (int begin = 0; begin < row.output.pixels; begin += chunk) {
    const int end = begin + chunk < row.output.pixels ? begin + chunk : row.output.pixels;
    int block = 0;
    for (; block + 16 <= row.channels; block += 16) conv_block<Eight, 2, 6>(row, begin, end, block);
    if (block < row.channels) conv_block<Eight, 1, 12>(row, begin, end, block);
  }
}

void depthwise_row_f32(const DepthwiseRowF32& row) {
  if (row.tap_count == 3)
    depthwise<Eight, Eight, 3>(row);
  else
    depthwise<Eight, Eight, 0>(row);
}

}  // namespace

void fill_avx2_f32(KernelTable& table) {
  table.conv_block_f32 = conv_block_f32;
  table.depthwise_block_f32 = 8;
  table.conv_row_f32 = conv_row_f32;
  table.depthwise_row_f32 = depthwise_row_f32;
}

}  // namespace inloop::nn
