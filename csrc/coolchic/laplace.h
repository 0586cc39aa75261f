// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

// Laplace distributions on a range of integers, as cumulative counts of 24 bit.
namespace inloop::coolchic {

inline constexpr int kProbabilityBits = 24;

// The symbols -range ... range + 1 and what is left to share out when each has one count.
struct SymbolRange {
  explicit SymbolRange(int range)
      : min(-range), max(range + 1), free(static_cast<double>((1 << kProbabilityBits) - 1 - (max - min))) {}

  int min;
  int max;
  double free;
};

struct LaplaceDistribution {
  int location_64 = 0;  // in 64ths
  int scale_128 = 0;    // in 128ths; 0: all counts but one each are the nearest symbol's, of two the higher
};

// The symbol that holds the location, in range.
inline int central_symbol(const SymbolRange& range, int location_64) {
  const int nearest = (location_64 + 32) >> 6;
  return nearest < range.min ? range.min : nearest > range.max ? range.max : nearest;
}

// Count of all lower symbols; `symbol` is in range, or the one behind: exact on every machine.
uint32_t lower_count(const SymbolRange& range, const LaplaceDistribution& distribution, int symbol);

struct SymbolInterval {
  int symbol;
  uint32_t low;
  uint32_t high;
};

SymbolInterval central_interval(const SymbolRange& range, const LaplaceDistribution& distribution);

// The symbol with low <= count < high, looked for from `start` on; count < 2^24.
SymbolInterval find_symbol(const SymbolRange& range, const LaplaceDistribution& distribution, uint32_t count,
                           SymbolInterval start);

}  // namespace inloop::coolchic
