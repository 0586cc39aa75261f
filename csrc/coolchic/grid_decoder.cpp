// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "coolchic/grid_decoder.h"

#include <algorithm>
#include <cstring>

#include "coolchic/laplace_scale.h"
#include "coolchic/range_decoder.h"

namespace inloop::coolchic {
namespace {

constexpr int kWaveStep = 5;    // distance in waves from one row to the next
constexpr int kRowsAbove = 16;  // zero rows before the first one, of which contexts need 4
constexpr int kSlack = 64;      // what vectors may touch behind the last row
constexpr int kColumns = 32;    // waves that are kept; contexts reach 22 of them back
constexpr int kRowsAtATime = 8;

}  // namespace

struct GridDecoder::Wave {
  int index;
  int first_row;
  int count;
};

void GridDecoder::prepare(const Grid& grid) {
  const auto rows = static_cast<size_t>(grid.height);
  column_stride_ = (grid.height + kRowsAbove + kSlack + 31) / 32 * 32;
  const auto needed = static_cast<size_t>(column_stride_) * kColumns;
  if (columns_.size() < needed) {
    columns_ = AlignedBuffer<int16_t>(needed);
    for (auto* buffer : {&location_, &log_scale_, &scale_, &symbol_})
      *buffer = AlignedBuffer<int32_t>(rows + kSlack);
    for (auto* buffer : {&low_, &high_}) *buffer = AlignedBuffer<uint32_t>(rows + kSlack);
  } else {
    std::memset(columns_.data(), 0, needed * sizeof(int16_t));
  }
}

// Clears what the following waves may read of this column besides its samples.
void GridDecoder::start_wave(const Wave& wave) {
  const int first = std::max(wave.first_row - 8, -kRowsAbove);
  const int end = wave.first_row + wave.count + 16;
  std::memset(column(wave.index) + kRowsAbove + first, 0, static_cast<size_t>(end - first) * sizeof(int16_t));
}

void GridDecoder::predict(const Wave& wave, const ContextModel& model, const SymbolRange& range) {
  const int16_t* inputs[32];
  const ContextOffset* offsets = context_offsets(model.context_size());
  for (int j = 0; j < model.context_size(); ++j) {
    const ContextOffset offset = offsets[j];
    inputs[j] = column(wave.index + offset.x + kWaveStep * offset.y) + kRowsAbove + wave.first_row + offset.y;
  }
  model.run_wave(kernels_, inputs, wave.count, location_.data(), log_scale_.data());
  kernels_.central_intervals({location_.data(), log_scale_.data(), wave.count, latent_scales_128(), range.min,
                              range.max, range.free, scale_.data(), symbol_.data(), low_.data(),
                              high_.data()});
}

Status GridDecoder::decode(const uint8_t* message, const Grid& grid, const ContextModel& model,
                           int latent_range, const Publish& publish, int16_t* latents) {
  prepare(grid);
  RangeDecoder decoder(message + grid.payload.offset, grid.payload.size);
  const SymbolRange range(latent_range);
  const int waves = grid.width + kWaveStep * (grid.height - 1);
  for (int t = 0; t < waves; ++t) {
    const int first_row = std::max(0, (t - grid.width + kWaveStep) / kWaveStep);
    const int last_row = std::min(t / kWaveStep, grid.height - 1);
    const Wave wave = {t, first_row, last_row - first_row + 1};
    start_wave(wave);
    if (wave.count <= 0) continue;  // in a narrow grid, some waves have no column
    predict(wave, model, range);
    int16_t* const out = column(t) + kRowsAbove + first_row;
    ptrdiff_t position = ptrdiff_t{first_row} * grid.width + (t - kWaveStep * first_row);
    for (int i = 0; i < wave.count; ++i, position += grid.width - kWaveStep) {
      const auto at = static_cast<size_t>(i);
      SymbolInterval interval = {symbol_[at], low_[at], high_[at]};
      int symbol = interval.symbol;
      if (interval.low == kUncertain || !decoder.take(interval.low, interval.high)) {
        const LaplaceDistribution distribution{location_[at], scale_[at]};
        if (interval.low == kUncertain) interval = central_interval(range, distribution);
        if (!decoder.decode(range, distribution, interval, &symbol))
          return Status::bitstream("damaged latents");
      }
      out[i] = static_cast<int16_t>(symbol);
      latents[position] = static_cast<int16_t>(symbol);
    }
    if (decoder.exhausted()) return Status::bitstream("the latents end early");
    const int complete_rows = (t - grid.width + 1) / kWaveStep;
    if (t >= grid.width && (t - grid.width + 1) % (kRowsAtATime * kWaveStep) == 0) publish(complete_rows);
  }
  return decoder.complete() ? Status() : Status::bitstream("latents do not end with their data");
}

}  // namespace inloop::coolchic
