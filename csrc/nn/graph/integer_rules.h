// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstdint>

namespace inloop::nn {

// The integer rules in one place, for the scalar reference, the load-time bounds and the passes. Shifts are
// arithmetic (floor) and saturation is symmetric. README.md has a table of the rules.

template <class Int>
inline Int saturate(Int value) {
  return std::clamp<Int>(value, -32767, 32767);
}

// Returns x * 2^-d + bias with d = q_x - q_bias.
inline int64_t bias_rule(int64_t x, int64_t bias, int d) {
  return saturate((d >= 0 ? x >> d : x * (int64_t{1} << -d)) + bias);
}

inline int64_t prelu_rule(int64_t x, int64_t slope, int slope_quantizer) {
  return x < 0 ? saturate((x * slope) >> slope_quantizer) : x;
}

// Maximum and minimum shift the operand with the lower quantizer to the left.
inline int64_t left_rule(int64_t x, int shift) { return saturate(x * (int64_t{1} << shift)); }

// average_pool and reduce_mean take floor(sum / count).
inline int64_t mean_rule(int64_t sum, int64_t count) { return sum / count - (sum % count < 0 ? 1 : 0); }

// A position between two samples, with 0 <= numerator < denominator.
struct Fraction {
  int64_t numerator = 0, denominator = 1;
  double value() const { return static_cast<double>(numerator) / static_cast<double>(denominator); }
  // Returns the position in units of 2^-11, with halves rounded up.
  int64_t weight() const { return (numerator * 4096 + denominator) / (2 * denominator); }
};

// resize: a and b are the left and right sample of the upper row, c and d those of the lower row; wy is the
// weight of the lower row and wx that of the right column.
inline int64_t bilinear_rule(int64_t a, int64_t b, int64_t c, int64_t d, int64_t wy, int64_t wx) {
  const int64_t upper = a * (2048 - wx) + b * wx, lower = c * (2048 - wx) + d * wx;
  return (upper * (2048 - wy) + lower * wy) >> 22;
}

// resize with a cubic kernel of the parameter a = -quarters / 4: the weights in units of 2^-11 of four samples
// for a position t / 2048 behind the second one. They add up to 2048. The sum of the sixteen samples times
// their weights is shifted right by 22.
inline void cubic_rule(int64_t t, int64_t quarters, int64_t (&weights)[4]) {
  const auto rounded = [](int64_t four) { return (four + (int64_t{1} << 23)) >> 24; };  // of four times 2^33
  const auto outer = [&](int64_t u) { return rounded(-quarters * (u * u * u - 4096 * u * u + 4194304 * u)); };
  const int64_t u = 2048 - t;
  weights[0] = outer(t);
  weights[2] = rounded((8 - quarters) * u * u * u - (12 - quarters) * 2048 * u * u + (int64_t{4} << 33));
  weights[3] = outer(u);
  weights[1] = 2048 - weights[0] - weights[2] - weights[3];
}

// table: interpolates linearly between knots that are 1 << shift apart, the first one at -32768.
inline int64_t table_rule(const int16_t* knots, int64_t x, int shift) {
  const int64_t position = x + 32768, index = position >> shift,
                rest = position & ((int64_t{1} << shift) - 1);
  const int64_t low = knots[index], high = knots[index + 1];
  return low + (((high - low) * rest) >> shift);
}

}  // namespace inloop::nn
