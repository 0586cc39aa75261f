// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "hevc/syntax/types.h"

namespace inloop::hevc {

// Says how much squared error a bit is worth in a rate-distortion decision, at one QP and bit depth. The
// value doubles every three QP steps, because the error of the quantiser does (D ~ 2^(QP/3)).
class Lambda {
 public:
  Lambda() = default;
  // `value` is the squared error per bit at `qp`, on the scale of 8-bit samples; 0 selects the usual value of
  // the slice type.
  Lambda(double value, SliceType slice_type, int qp, int bit_depth);

  // Returns lambda for a block with this QP, in squared sample values at the bit depth.
  double at(int qp) const;

  // Returns the factor by which lambda differs between two QPs. A chroma error weighs by this factor more
  // than a luma error where chroma has the smaller QP.
  static double ratio(double qp_steps);

 private:
  double value_ = 0;
  int qp_ = 0;
};

}  // namespace inloop::hevc
