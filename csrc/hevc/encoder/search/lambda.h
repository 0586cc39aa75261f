// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "hevc/syntax/types.h"

namespace inloop::hevc {

// How much squared error a bit is worth in a rate-distortion decision, at one QP and bit depth. It doubles every three
// QP steps, because the quantiser's error does (D ~ 2^(QP/3)).
class Lambda {
 public:
  Lambda() = default;
  // value: squared error on the scale of 8-bit samples, at `qp`; 0: the usual one of the slice type.
  Lambda(double value, SliceType slice_type, int qp, int bit_depth);

  // In squared sample units of the bit depth, of a block with this QP.
  double at(int qp) const;

  // By how much it differs between two QPs; a chroma component's error weighs that much more than luma's.
  static double ratio(double qp_steps);

 private:
  double value_ = 0;
  int qp_ = 0;
};

}  // namespace inloop::hevc
