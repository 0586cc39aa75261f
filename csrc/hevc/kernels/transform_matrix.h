// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <stdint.h>

// The integer transform matrix of 8.6.4.2, which is built at compile time from its 32 distinct magnitudes.
// Everything is consteval or has internal linkage, so that files built for different isas cannot share code
// of this header.
namespace inloop::hevc {
namespace {

struct TransformMatrix {
  int16_t at[32][32];  // [frequency][sample]
};

consteval TransformMatrix make_transform_matrix() {
  // Element j is 64 * sqrt(2) * cos(j * pi / 64), as rounded by the standard.
  constexpr int16_t kCosine[33] = {64, 90, 90, 90, 89, 88, 87, 85, 83, 82, 80, 78, 75, 73, 70, 67, 64,
                                   61, 57, 54, 50, 46, 43, 38, 36, 31, 25, 22, 18, 13, 9,  4,  0};
  TransformMatrix matrix{};
  for (int k = 0; k < 32; ++k) {
    for (int n = 0; n < 32; ++n) {
      int angle = k * (2 * n + 1) % 128;
      if (angle > 64) angle = 128 - angle;
      const int value = angle > 32 ? -kCosine[64 - angle] : kCosine[angle];
      matrix.at[k][n] = static_cast<int16_t>(value);
    }
  }
  return matrix;
}

constexpr TransformMatrix kTransformMatrix = make_transform_matrix();

constexpr int16_t kDstMatrix[4][4] = {
    {29, 55, 74, 84}, {74, 74, 0, -74}, {84, -29, -74, 55}, {55, -84, 74, -29}};

// Element of the n-point matrix, which consists of every (32 / n)-th basis function.
constexpr int16_t transform_coefficient(int n, int k, int x) { return kTransformMatrix.at[k * (32 / n)][x]; }

}  // namespace
}  // namespace inloop::hevc
