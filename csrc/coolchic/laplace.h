// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

// Laplace distributions on a range of integers, as cumulative counts of 24 bits.
namespace inloop::coolchic {

inline constexpr int kProbabilityBits = 24;

// The symbols -range to range + 1, and what is left to distribute when each has one count.
struct SymbolRange {
  explicit SymbolRange(int range)
      : min(-range), max(range + 1), free(static_cast<double>((1 << kProbabilityBits) - 1 - (max - min))) {}

  int min;
  int max;
  double free;
};

struct LaplaceDistribution {
  int location_64 = 0;  // in 64ths
  // In 128ths. With 0 every symbol has one count and the nearest has all others; of two nearest, it is the
  // higher.
  int scale_128 = 0;
};

// Returns the symbol of the range that is nearest to the location.
inline int central_symbol(const SymbolRange& range, int location_64) {
  const int nearest = (location_64 + 32) >> 6;
  return nearest < range.min ? range.min : nearest > range.max ? range.max : nearest;
}

// Returns the count of all lower symbols, where `symbol` is in range or one behind it. It is exact on every
// machine.
uint32_t lower_count(const SymbolRange& range, const LaplaceDistribution& distribution, int symbol);

struct SymbolInterval {
  int symbol;
  uint32_t low;
  uint32_t high;
};

SymbolInterval central_interval(const SymbolRange& range, const LaplaceDistribution& distribution);

// Returns the symbol with low <= count < high, searched from `start` on; count must be below 2^24.
SymbolInterval find_symbol(const SymbolRange& range, const LaplaceDistribution& distribution, uint32_t count,
                           SymbolInterval start);

}  // namespace inloop::coolchic
