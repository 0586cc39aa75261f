// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/encoder/search/lambda.h"

#include <cmath>

namespace inloop::hevc {
namespace {

// A caller that gives no lambda gets factor * 2^((QP - 12) / 3). The HM reference encoder uses the factor
// 0.57 for all-intra coding; the factor for inter pictures was tuned on training clips.
constexpr double kIntraFactor = 0.57, kInterFactor = 1.0;

}  // namespace

Lambda::Lambda(double value, SliceType slice_type, int qp, int bit_depth) : qp_(qp) {
  const double factor = slice_type == SliceType::i ? kIntraFactor : kInterFactor;
  const double at_8_bit = value > 0 ? value : factor * ratio(qp - 12);
  value_ = at_8_bit * (1 << 2 * (bit_depth - 8));
}

double Lambda::at(int qp) const { return value_ * ratio(qp - qp_); }

double Lambda::ratio(double qp_steps) { return std::exp2(qp_steps / 3.0); }

}  // namespace inloop::hevc
