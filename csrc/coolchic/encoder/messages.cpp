// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "coolchic/encoder/messages.h"

#include <algorithm>
#include <cmath>

#include "coolchic/laplace.h"
#include "coolchic/laplace_scale.h"

namespace inloop::coolchic {
namespace {

constexpr int kWaveStep = 5;      // distance in waves from one row to the next
constexpr int kContextReach = 8;  // zeros around a grid, of which contexts need four
constexpr int kMaxContext = 32;

CountInterval interval_of(const SymbolRange& range, const LaplaceDistribution& distribution, int symbol) {
  return {lower_count(range, distribution, symbol), lower_count(range, distribution, symbol + 1)};
}

// The latents with zeros around them, as the context model sees them.
class PaddedGrid {
 public:
  explicit PaddedGrid(const LatentGrid& grid)
      : stride_(grid.width + 2 * kContextReach + kRowSlack),
        samples_(static_cast<size_t>(stride_) * static_cast<size_t>(grid.height + kContextReach)) {
    for (int y = 0; y < grid.height; ++y) {
      std::copy_n(grid.latents + ptrdiff_t{y} * grid.width, grid.width, samples_.data() + offset(0, y));
    }
  }

  const int16_t* at(int x, int y) const { return samples_.data() + offset(x, y); }

 private:
  ptrdiff_t offset(int x, int y) const { return (y + kContextReach) * stride_ + x + kContextReach; }

  ptrdiff_t stride_;
  std::vector<int16_t> samples_;
};

}  // namespace

std::vector<CountInterval> parameter_intervals(const int32_t* integers, size_t count, int range,
                                               int scale_128) {
  const SymbolRange symbols(range);
  std::vector<CountInterval> intervals;
  intervals.reserve(count);
  for (size_t i = 0; i < count; ++i) intervals.push_back(interval_of(symbols, {0, scale_128}, integers[i]));
  return intervals;
}

std::vector<CountInterval> latent_intervals(const KernelTable& kernels, const ContextModel& model,
                                            const LatentGrid& grid) {
  const PaddedGrid padded(grid);
  const SymbolRange symbols(grid.range);
  const ContextOffset* offsets = context_offsets(model.context_size());
  const auto room = static_cast<size_t>(grid.width + kRowSlack);
  std::vector<int32_t> location(room), log_scale(room);
  std::vector<CountInterval> intervals;
  intervals.reserve(static_cast<size_t>(grid.width) * static_cast<size_t>(grid.height));
  for (int y = 0; y < grid.height; ++y) {
    const int16_t* inputs[kMaxContext];
    for (int j = 0; j < model.context_size(); ++j) inputs[j] = padded.at(offsets[j].x, y + offsets[j].y);
    model.run_wave(kernels, inputs, grid.width, location.data(), log_scale.data());
    const int16_t* row = padded.at(0, y);
    for (int x = 0; x < grid.width; ++x) {
      const auto at = static_cast<size_t>(x);
      const int entry = std::clamp(log_scale[at], kMinLogScale, kMaxLogScale) - kMinLogScale;
      intervals.push_back(interval_of(symbols, {location[at], latent_scales_128()[entry]}, row[x]));
    }
  }
  return intervals;
}

std::vector<CountInterval> in_wave_order(const std::vector<CountInterval>& intervals, int width, int height) {
  std::vector<CountInterval> ordered;
  ordered.reserve(intervals.size());
  for (int t = 0; t < width + kWaveStep * (height - 1); ++t) {
    const int last_row = std::min(t / kWaveStep, height - 1);
    for (int y = std::max(0, (t - width + kWaveStep) / kWaveStep); y <= last_row; ++y) {
      ordered.push_back(intervals[static_cast<size_t>(y * width + t - kWaveStep * y)]);
    }
  }
  return ordered;
}

double bits_of(const std::vector<CountInterval>& intervals) {
  double bits = 0;
  for (const CountInterval& interval : intervals) bits += std::log2(interval.high - interval.low);
  return kProbabilityBits * static_cast<double>(intervals.size()) - bits;
}

std::vector<uint8_t> encode_message(const std::vector<CountInterval>& intervals) {
  RangeEncoder encoder;
  for (const CountInterval& interval : intervals) encoder.encode(interval);
  return encoder.finish();
}

}  // namespace inloop::coolchic
