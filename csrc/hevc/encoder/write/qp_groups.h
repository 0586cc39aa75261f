// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "hevc/encoder/write/coded_ctu.h"

namespace inloop::hevc {

// The luma QPs that the caller wants, one for each 16x16 block of the shown picture in raster order. Where it
// is empty, all blocks have the QP of the slice.
struct QpMap {
  int width = 0, height = 0;  // in blocks
  std::vector<int8_t> qp;

  // Returns the rounded mean over a square of luma samples; blocks outside the picture do not count.
  int mean(int x, int y, int size) const;
};

// Quantisation groups (7.4.9.14) are areas whose CUs share one cu_qp_delta. The QP of a CU without residual,
// and the QP that a delta is relative to, follow from the CUs before. `before_ctu` is the luma QP of the last
// CU of the previous CTU, or that of the slice.
namespace qp_groups {

// Returns qPY_PRED (8.6.1) of the group at luma sample (x, y).
int predicted_qp(const Picture& picture, const CodedCtu& ctu, int x, int y, int before_ctu);

// Returns whether a CU of the group that starts at z-order index `group` has a residual, and so carries the
// delta, before index `cell`.
bool delta_coded_before(const CodedCtu& ctu, int group, int cell);

// Returns whether any transform block of these cells has levels.
bool has_residual(const CodedCell* cells, int count);

// Returns the luma QP of the last CU of a CTU.
int last_qp(const Picture& picture, const CodedCtu& ctu, int ctb_x, int ctb_y, int before_ctu);

// Returns the log2 of the side of the smallest groups.
inline int log2_size(const Sps& sps, const Pps& pps) {
  return sps.log2_ctb_size - pps.diff_cu_qp_delta_depth;
}

}  // namespace qp_groups
}  // namespace inloop::hevc
