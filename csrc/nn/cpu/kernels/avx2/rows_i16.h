// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "nn/cpu/kernels/avx2/vectors_i16.h"
#include "nn/cpu/kernels/tiles_winograd.h"

// Kernels for rows of int16 convolutions in 256 bits; M is as in tiles_i16.h.
namespace inloop::nn {
namespace {

constexpr int kBlock = 16;  // channels of a block, two vectors of eight sums

// 12 sums, 2 weights, 1 activation and 1 product take all 16 registers.
template <class M>
void conv_row_i16(const ConvRow& row) {
  for_blocks(row, kBlock, [&](int begin, int end, int block, int channels) INLINE_LAMBDA {
    if (channels == 16)
      conv_block<M, EightSums, 2, 6>(row, begin, end, block);
    else
      conv_block<M, EightSums, 1, 12>(row, begin, end, block);
  });
}

template <class M>
void depthwise_row_i16(const DepthwiseRow& row) {
  int block = 0;
  for (; block + 16 <= row.channels; block += 16) depthwise_block<M, Sixteen>(row, block);
  if (block < row.channels) depthwise_block<M, Eight>(row, block);
}

int lane_channel(int block, int lane) { return lane_in_group(block, lane); }

template <class M>
void fill_rows(KernelTable& table) {
  table.conv_block = table.depthwise_block = kBlock;
  table.lane_channel = lane_channel;
  table.conv_row_i16 = conv_row_i16<M>;
  table.depthwise_row_i16 = depthwise_row_i16<M>;
  table.winograd_block = kBlock;
  table.winograd_rows_i16 = winograd_rows_i16<M, EightSums, 2, 6>;
}

}  // namespace
}  // namespace inloop::nn
