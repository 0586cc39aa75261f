// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/cpu/kernels/neon/vectors_i16.h"

namespace inloop::nn {
namespace {

constexpr int kBlock = 16;  // channels of a block, four vectors of sums

struct LaneProducts {
  static INLINE void multiply_add(int32x4_t& sum, int16x4x2_t weights, int16x4_t pair) {
    sum = vmlal_lane_s16(sum, weights.val[0], pair, 0);
    sum = vmlal_lane_s16(sum, weights.val[1], pair, 1);
  }
  static INLINE int16x8_t sum_of(int16x8_t sum, int16x8_t weights, int16x8_t pairs) {
    const int32x4_t low = vmull_s16(vget_low_s16(weights), vget_low_s16(pairs));
    const int32x4_t high = vmull_high_s16(weights, pairs);
    return vreinterpretq_s16_s32(vaddq_s32(vreinterpretq_s32_s16(sum), vpaddq_s32(low, high)));
  }
};

using M = EachAlone<LaneProducts>;

// 20 sums and the eight halves of the weights leave registers for the activations.
void conv_row_i16(const ConvRow& row) {
  for_blocks(row, kBlock, [&](int begin, int end, int block, int channels) INLINE_LAMBDA {
    if (channels == 16)
      conv_block<M, FourSums, 4, 5>(row, begin, end, block);
    else
      conv_block<M, FourSums, 2, 10>(row, begin, end, block);
  });
}

void depthwise_row_i16(const DepthwiseRow& row) {
  for (int block = 0; block < row.channels; block += 8) depthwise_block<M, Eight>(row, block);
}

int lane_channel(int, int lane) { return lane; }

}  // namespace

void fill_neon(KernelTable& table) {
  table.conv_block = kBlock;
  table.depthwise_block = 8;
  table.lane_channel = lane_channel;
  table.conv_row_i16 = conv_row_i16;
  table.depthwise_row_i16 = depthwise_row_i16;
}

}  // namespace inloop::nn
