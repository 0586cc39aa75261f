// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "hevc/encoder/search/block_coder.h"

namespace inloop::hevc {

// Chooses the transform tree of an inter CU, codes its residual and reconstructs it.
class ResidualTree {
 public:
  explicit ResidualTree(SearchState& state) : state_(state) {}

  // `pred` holds the prediction at the CU's own position in the picture. The function sets the transform
  // depth and the cbf of the CU's cells. Inter CUs keep the luma cbf at every depth, so that bit 0 of the
  // three says whether there is any residual. Transform blocks are not split where the cost of the CU exceeds
  // `limit`. Returns the cost of the residual.
  double code(int x, int y, int log2_size, const Frame& pred, double limit);

 private:
  double node(int x, int y, int log2_size, int depth);
  double whole_luma(int x, int y, int log2_size, int depth, bool& may_split);
  double chroma(int x, int y, int log2_size, int depth);
  double children(int x, int y, int log2_size, int depth, double limit);
  void set_cells(int x, int y, int log2_size, int c_idx, int depth, bool coded);

  SearchState& state_;
  const Frame* pred_ = nullptr;
  // In CUs larger than the largest transform, the cost of the blocks before is subtracted.
  double limit_ = kInfiniteCost;
};

}  // namespace inloop::hevc
