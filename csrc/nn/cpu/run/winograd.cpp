// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/cpu/run/winograd.h"

#include <algorithm>

namespace inloop::nn {
namespace {

constexpr size_t kScratchTiles = 16 * kWinogradTiles;  // one for each position

ConvRow part_of(ConvRow row, int begin, int count) {
  RowOutput& o = row.output;
  o.pixels = count;
  o.out += begin * o.out_step;
  if (o.raw) o.raw += begin * o.raw_step;
  if (o.residual) o.residual += begin * o.residual_step;
  return row;
}

}  // namespace

void WinogradScratch::attach(const KernelTable& table, std::vector<KernelCall<int16_t>>& calls) {
  size_t channels = 0;
  for (const auto& call : calls)
    if (call.winograd.limit) channels = std::max(channels, static_cast<size_t>(call.winograd.in_channels));
  if (!channels) return;
  pixels_ = AlignedBuffer<int16_t>(kScratchTiles * channels);
  sums_ = AlignedBuffer<int32_t>(kScratchTiles * static_cast<size_t>(table.winograd_block));
  for (auto& call : calls) {
    call.winograd.pixels = pixels_.data();
    call.winograd.sums = sums_.data();
  }
}

void run_winograd(const KernelTable& table, KernelCall<int16_t>& call, const uint32_t* places,
                  const int16_t** pointers) {
  const auto direct = [&](int begin, int count) {
    for (int row = 0; row < 2; ++row) {
      set_row(call, places, 2, row, pointers);
      for (int run = 0; run < call.conv.run_count; ++run) pointers[run] += begin * call.conv.pixel_step;
      table.conv_row_i16(part_of(call.conv, begin, count));
    }
  };
  for (int row = 0; row < 4; ++row) call.winograd.rows[row] = call.in_base + places[row];
  for (int row = 0; row < 2; ++row) {
    set_row(call, places, 2, row, pointers);
    call.winograd.outputs[row] = call.conv.output;
  }
  const int pixels = call.conv.output.pixels, tiles = pixels / 2;
  for (int tile = 0; tile < tiles; tile += kWinogradTiles) {
    const int count = std::min(kWinogradTiles, tiles - tile);
    if (!table.winograd_rows_i16(call.winograd, tile, count)) direct(2 * tile, 2 * count);
  }
  if (pixels % 2) direct(pixels - 1, 1);
}

}  // namespace inloop::nn
