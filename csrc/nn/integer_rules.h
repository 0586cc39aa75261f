// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstdint>

namespace inloop::nn {

// The integer rules in one place: the scalar reference, the load-time bounds and the passes all call these.
// Shifts are arithmetic (floor), saturation is symmetric.

inline int64_t saturate(int64_t value) { return std::clamp<int64_t>(value, -32767, 32767); }

// x * 2^-(d) + bias where d = q_x - q_bias.
inline int64_t bias_rule(int64_t x, int64_t bias, int d) {
  return saturate((d >= 0 ? x >> d : x * (int64_t{1} << -d)) + bias);
}

inline int64_t prelu_rule(int64_t x, int64_t slope, int slope_quantizer) {
  return x < 0 ? saturate((x * slope) >> slope_quantizer) : x;
}

// maximum, minimum: the operand with the lower quantizer is shifted left.
inline int64_t left_rule(int64_t x, int shift) { return saturate(x * (int64_t{1} << shift)); }

}  // namespace inloop::nn
