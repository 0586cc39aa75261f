// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "coolchic/laplace.h"

#include <algorithm>
#include <cmath>

#include "coolchic/exponential.h"
#include "coolchic/kernels/tiles_exponential.h"

namespace inloop::coolchic {
namespace {

// From this distance on, a probability rounds to 0 or 1 whatever it is multiplied with.
constexpr double kNegligible = 38;

double exact_share(double free, bool above, double z) {
  if (z >= kNegligible) return above ? free : 0;
  const double half = 0.5 * exp_of_negative(z);
  return std::trunc(free * (above ? 1 - half : half));
}

}  // namespace

uint32_t lower_count(const SymbolRange& range, const LaplaceDistribution& distribution, int symbol) {
  if (symbol <= range.min) return 0;
  if (symbol > range.max) return uint32_t{1} << kProbabilityBits;
  const int64_t distance = int64_t{64} * symbol - 32 - distribution.location_64;
  const bool above = distance > 0;
  double z = kNegligible;
  if (distribution.scale_128 > 0) {
    z = std::min(static_cast<double>(above ? 2 * distance : -2 * distance) / distribution.scale_128,
                 kNegligible);
  }
  double share;
  if (!fast_share(range.free, above, z, &share)) share = exact_share(range.free, above, z);
  return static_cast<uint32_t>(static_cast<int64_t>(share) + (symbol - range.min));
}

SymbolInterval central_interval(const SymbolRange& range, const LaplaceDistribution& distribution) {
  const int symbol = central_symbol(range, distribution.location_64);
  return {symbol, lower_count(range, distribution, symbol), lower_count(range, distribution, symbol + 1)};
}

SymbolInterval find_symbol(const SymbolRange& range, const LaplaceDistribution& distribution, uint32_t count,
                           SymbolInterval start) {
  // Steps that double lead away from the start until the symbol is enclosed; bisection follows.
  int low_symbol = start.symbol, high_symbol = start.symbol + 1;
  uint32_t low = start.low, high = start.high;
  for (int step = 1; count < low; step *= 2) {
    high_symbol = low_symbol;
    high = low;
    low_symbol = std::max(low_symbol - step, range.min);
    low = lower_count(range, distribution, low_symbol);
  }
  for (int step = 1; count >= high; step *= 2) {
    low_symbol = high_symbol;
    low = high;
    high_symbol = std::min(high_symbol + step, range.max + 1);
    high = lower_count(range, distribution, high_symbol);
  }
  while (high_symbol - low_symbol > 1) {
    const int middle_symbol = low_symbol + (high_symbol - low_symbol) / 2;
    const uint32_t middle = lower_count(range, distribution, middle_symbol);
    if (count < middle) {
      high_symbol = middle_symbol;
      high = middle;
    } else {
      low_symbol = middle_symbol;
      low = middle;
    }
  }
  return {low_symbol, low, high};
}

}  // namespace inloop::coolchic
