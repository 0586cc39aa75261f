// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <stdint.h>
#include <string.h>

// exp(-z) to some 46 bits, and how near to a whole number a share computed with it may be and still be
// certain. Where it is not certain, the exact exponential decides, so that no result depends on these digits.
namespace inloop::coolchic {
namespace {

constexpr double kLog2E = 0x1.71547652b82fep+0;
constexpr double kFastLn2High = 0x1.62e42fefa3p-1;
constexpr double kFastLn2Low = 0x1.3de6af278ece6p-42;
constexpr double kRoundingShift = 0x1.8p52;  // adding and subtracting this rounds to a whole number
constexpr double kShareErrorShare = 0x1p-44;
constexpr double kShareErrorFixed = 0x1p-27;
// Farther above the location, 1 - exp(-z) / 2 is 1 in a double; nearer, the share is below `free`.
constexpr double kRoundsToOne = 36.7368005696771;  // 53 ln 2
constexpr double kRoundsToOneError = 0x1p-20;
// Reciprocals of factorials from the highest on: exp(r) = sum of r^n / n! for |r| < 0.35.
constexpr double kExpSeries[] = {
    1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040, 1.0 / 720,
    1.0 / 120,       1.0 / 24,       1.0 / 6,       0.5,          1.0,         1.0};
constexpr int kExpTerms = 13;

// Computes trunc(free * F), the share below an edge that is z (0 to 38) scales away from the location, above
// it or below. Returns whether it is certain.
inline bool fast_share(double free, bool above, double z, double* share) {
  const double octaves = (z * kLog2E + kRoundingShift) - kRoundingShift;
  const double r = (octaves * kFastLn2High - z) + octaves * kFastLn2Low;
  double power = kExpSeries[0];
  for (int n = 1; n < kExpTerms; ++n) power = power * r + kExpSeries[n];
  const int64_t exponent = (1023 - static_cast<int64_t>(octaves)) << 52;
  double scale;
  memcpy(&scale, &exponent, sizeof(scale));
  const double tail = (0.5 * free) * (power * scale);
  const double value = above ? free - tail : tail;
  const double nearest = (value + kRoundingShift) - kRoundingShift;
  const double error = tail * kShareErrorShare + kShareErrorFixed;
  if (above && nearest == free) {
    *share = z < kRoundsToOne ? free - 1 : free;
    return z < kRoundsToOne - kRoundsToOneError || z > kRoundsToOne + kRoundsToOneError;
  }
  *share = nearest > value ? nearest - 1 : nearest;
  if (!above && (nearest == 0 || z == 0)) {
    *share = nearest;
    return true;
  }
  const double gap = value > nearest ? value - nearest : nearest - value;
  return gap > error;
}

}  // namespace
}  // namespace inloop::coolchic
