// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/cpu/kernels/table.h"
#include "nn/graph/integer_rules.h"

namespace inloop::nn {
namespace {

constexpr int kBlock = 16;

int32_t activate(int32_t v, const Epilogue& e, int c) {
  if (e.activation == Activation::none || v >= 0) return v;
  if (e.activation == Activation::relu) return 0;
  return saturate(((v * e.slope_low[c]) >> 16) + v * e.slope_units[c]);
}

void finish(int32_t sum, int pixel, int c, const Epilogue& e, const RowOutput& o) {
  int32_t v = saturate(sum >> e.shift);
  if (e.bias) v = saturate((v >> e.bias_shift) + e.bias[c]);
  if (o.residual)
    v = saturate((v >> e.self_shift) + (o.residual[pixel * o.residual_step + c] >> e.residual_shift));
  if (o.raw) o.raw[pixel * o.raw_step + c] = static_cast<int16_t>(v);
  o.out[pixel * o.out_step + c] = static_cast<int16_t>(activate(v, e, c));
}

// Sums wrap modulo 2^32 as those of the vector units do; the bounds proved at load time keep every real sum
// inside.
int32_t wrapping_add(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b));
}

int32_t pair_product(const int16_t* in, const int16_t* weight) {
  return wrapping_add(in[0] * weight[0], in[1] * weight[1]);
}

// Calls visit(first channel, channels) for every block.
template <class Visit>
void for_blocks(int channels, Visit visit) {
  for (int block = 0, lanes = 0; block < channels; block += lanes) {
    lanes = block_channels(channels - block, kBlock);
    visit(block, lanes);
  }
}

void conv_row_i16(const ConvRow& row) {
  for_blocks(row.channels, [&](int block, int lanes) {
    for (int pixel = 0; pixel < row.output.pixels; ++pixel) {
      int32_t sums[kBlock];
      for (int lane = 0; lane < lanes; ++lane) sums[lane] = row.start[block + lane];
      const int16_t* weight = row.weights + ptrdiff_t{block} * row.weights_per_channel;
      for (int run = 0; run < row.run_count; ++run) {
        const int16_t* in = row.runs[run] + pixel * row.pixel_step;
        for (int pair = 0; pair < row.run_pairs; ++pair, in += 2)
          for (int lane = 0; lane < lanes; ++lane, weight += 2)
            sums[lane] = wrapping_add(sums[lane], pair_product(in, weight));
      }
      for (int lane = 0; lane < lanes; ++lane)
        finish(sums[lane], pixel, block + lane, *row.epilogue, row.output);
    }
  });
}

void depthwise_row_i16(const DepthwiseRow& row) {
  const int pairs = (row.tap_count + 1) / 2;
  for_blocks(row.channels, [&](int block, int lanes) {
    const int16_t* weights = row.weights + ptrdiff_t{block} * pairs * 2;
    for (int pixel = 0; pixel < row.output.pixels; ++pixel)
      for (int lane = 0; lane < lanes; ++lane) {
        int32_t sum = row.start[block + lane];
        for (int tap = 0; tap < row.tap_count; ++tap) {
          const int weight = weights[(tap / 2 * lanes + lane) * 2 + tap % 2];
          sum = wrapping_add(sum, row.taps[tap][pixel * row.pixel_step + block + lane] * weight);
        }
        finish(sum, pixel, block + lane, *row.epilogue, row.output);
      }
  });
}

int lane_channel(int, int lane) { return lane; }

}  // namespace

void fill_scalar(KernelTable& table) {
  table.conv_block = table.depthwise_block = kBlock;
  table.lane_channel = lane_channel;
  table.conv_row_i16 = conv_row_i16;
  table.depthwise_row_i16 = depthwise_row_i16;
}

}  // namespace inloop::nn
