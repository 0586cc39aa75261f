// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "hevc/encoder/search/block_coder.h"

namespace inloop::hevc {

// Chooses the transform tree of an inter coding unit, codes its residual and reconstructs it.
class ResidualTree {
 public:
  explicit ResidualTree(SearchState& state) : state_(state) {}

  // pred holds the prediction at the CU's own position. Sets transform depth and cbf of the CUs; for
  // inter CUs the luma cbf is kept at every depth, so that bit 0 of the three says whether there is any
  // residual. Blocks are not split where the cost of the CU is above `limit`.
  void code(int x, int y, int log2_size, const Frame& pred, double limit);

 private:
  double node(int x, int y, int log2_size, int depth);
  double whole_luma(int x, int y, int log2_size, int depth, bool& may_split);
  double chroma(int x, int y, int log2_size, int depth);
  double children(int x, int y, int log2_size, int depth, double limit);
  void set_cells(int x, int y, int log2_size, int c_idx, int depth, bool coded);

  SearchState& state_;
  const Frame* pred_ = nullptr;
  double limit_ = kInfiniteCost;  // less the cost of the blocks before, in CUs larger than transforms
};

}  // namespace inloop::hevc
