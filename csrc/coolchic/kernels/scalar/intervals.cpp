// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "coolchic/kernels/table.h"
#include "coolchic/kernels/tiles_exponential.h"

namespace inloop::coolchic {
namespace {

constexpr int kMinLogScale = -640, kMaxLogScale = 885;
constexpr double kNegligible = 38;

// Computes the count below `symbol`, which must be an inner edge of the range. Returns whether it is certain.
bool inner_count(const CentralIntervals& wave, int symbol, int location, int scale, uint32_t* count) {
  const int distance = 64 * symbol - 32 - location;
  const bool above = distance > 0;
  double z = kNegligible;
  if (scale > 0) z = 2.0 * (above ? distance : -distance) / scale;
  double share = 0;
  const bool certain = fast_share(wave.free, above, z < kNegligible ? z : kNegligible, &share);
  *count = static_cast<uint32_t>(static_cast<int>(share) + (symbol - wave.min_symbol));
  return certain;
}

void central_intervals(const CentralIntervals& wave) {
  for (int i = 0; i < wave.count; ++i) {
    const int log_scale = wave.log_scale[i];
    const int clamped = log_scale < kMinLogScale   ? kMinLogScale
                        : log_scale > kMaxLogScale ? kMaxLogScale
                                                   : log_scale;
    const int scale = wave.scale_table[clamped - kMinLogScale];
    const int nearest = (wave.location[i] + 32) >> 6;
    const int symbol = nearest < wave.min_symbol   ? wave.min_symbol
                       : nearest > wave.max_symbol ? wave.max_symbol
                                                   : nearest;
    uint32_t low = 0, high = 1u << 24;
    bool certain = true;
    if (symbol > wave.min_symbol) certain = inner_count(wave, symbol, wave.location[i], scale, &low);
    if (symbol < wave.max_symbol) {
      certain = inner_count(wave, symbol + 1, wave.location[i], scale, &high) && certain;
    }
    wave.scale[i] = scale;
    wave.symbol[i] = symbol;
    wave.low[i] = certain ? low : kUncertain;
    wave.high[i] = high;
  }
}

}  // namespace

void fill_intervals_scalar(KernelTable& table) { table.central_intervals = central_intervals; }

}  // namespace inloop::coolchic
