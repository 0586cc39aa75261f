// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace inloop::hevc {

// Returns qPY_PRED (8.6.1) of the quantisation group at luma sample (x, y), which is the mean of the QPs to
// its left and above. Instead of a neighbour outside the CTB, `previous` counts, the QP of the last CU before
// the group. qp_at(x, y) gives the luma QP at a position of the same CTB; in_ctb is the size of the CTB minus
// 1.
template <class QpAt>
int predict_qp(int in_ctb, int x, int y, int previous, QpAt qp_at) {
  const int left = x & in_ctb ? qp_at(x - 1, y) : previous;
  const int above = y & in_ctb ? qp_at(x, y - 1) : previous;
  return (left + above + 1) >> 1;
}

// Returns QpY for its prediction and CuQpDeltaVal (8-283).
constexpr int qp_from_delta(int predicted, int delta, int bit_depth) {
  const int offset = 6 * (bit_depth - 8);
  return (predicted + delta + 52 + 2 * offset) % (52 + offset) - offset;
}

// Returns the CuQpDeltaVal, within its range, that leads from the prediction to the QP.
constexpr int qp_delta(int qp, int predicted, int bit_depth) {
  const int range = 52 + 6 * (bit_depth - 8), half = range / 2;
  const int delta = qp - predicted;
  return delta < -half ? delta + range : delta >= half ? delta - range : delta;
}

}  // namespace inloop::hevc
