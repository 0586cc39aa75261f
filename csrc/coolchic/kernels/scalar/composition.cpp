// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "coolchic/kernels/table.h"

namespace inloop::coolchic {
namespace {

constexpr float kRoundingShift = 0x1.8p23f;  // adding and subtracting this rounds to nearest, ties to even

inline float clamped(float value, float most) {
  const float positive = value > 0 ? value : 0;  // NaN becomes 0, too
  return positive < most ? positive : most;
}

template <class S>
float warped(const ComposedRow<S>& row, int r, int i) {
  const float column = static_cast<float>(i << row.shift) + row.flow_x[r][i] * row.flow_gain;
  const float line = static_cast<float>(row.y) + row.flow_y[r][i] * row.flow_gain;
  const float x = clamped(column, static_cast<float>(row.width - 1));
  const float y = clamped(line, static_cast<float>(row.height - 1));
  const int x0 = static_cast<int>(x), y0 = static_cast<int>(y);
  const float right = x - static_cast<float>(x0), below = y - static_cast<float>(y0);
  const int y1 = y0 + 1 < row.height ? y0 + 1 : y0;
  const ReferencePlane<S>& plane = row.reference[r];
  const S* top = plane.samples + (y0 >> row.shift) * plane.stride;
  const S* bottom = plane.samples + (y1 >> row.shift) * plane.stride;
  const int a = x0 >> row.shift, b = (x0 + 1) >> row.shift;
  const float top_left = top[a], bottom_left = bottom[a];
  const float upper = top_left + right * (static_cast<float>(top[b]) - top_left);
  const float lower = bottom_left + right * (static_cast<float>(bottom[b]) - bottom_left);
  return upper + below * (lower - upper);
}

template <class S>
void compose_row(const ComposedRow<S>& row) {
  for (int i = 0; i < row.count; ++i) {
    float value = row.residue[i] * row.peak;
    if (row.references > 0) {
      float predicted = warped(row, 0, i);
      if (row.references > 1) {
        const float beta = clamped(row.beta[i] + 0.5f, 1);
        predicted = beta * predicted + (1 - beta) * warped(row, 1, i);
      }
      value += clamped(row.alpha[i] + 0.5f, 1) * predicted;
    }
    row.out[i] =
        static_cast<S>(static_cast<int>((clamped(value, row.peak) + kRoundingShift) - kRoundingShift));
  }
}

}  // namespace

void fill_composition_scalar(KernelTable& table) {
  table.compose_row_u8 = compose_row<uint8_t>;
  table.compose_row_u16 = compose_row<uint16_t>;
}

}  // namespace inloop::coolchic
