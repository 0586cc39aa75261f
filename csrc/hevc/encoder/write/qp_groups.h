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

// The group of a CU, which is as large as the CU at least, and whether an earlier CU of it carries the delta.
struct Group {
  int x, y;  // luma sample at its corner
  bool delta_coded;
};
Group group_of(const Picture& picture, const CodedCtu& ctu, int cu_x, int cu_y, int log2_cu_size);

// Returns whether a CU has the predicted QP of its group: without residual it cannot carry the delta, and none came before.
bool is_predicted(const CodedCtu& ctu, const Group& group, int cu_x, int cu_y, int log2_cu_size);

// Returns the luma QP of the last CU of a CTU.
int last_qp(const Picture& picture, const CodedCtu& ctu, int ctb_x, int ctb_y);

// Corrects the QPs of a row of CTUs that was coded as if the QP before it were `assumed`, where it is `before`, in the
// CTUs and in the picture.
void correct_row(Picture& picture, CodedCtu* row, int ctb_y, int assumed, int before);

// Returns the log2 of the side of the smallest groups.
inline int log2_size(const Sps& sps, const Pps& pps) {
  return sps.log2_ctb_size - pps.diff_cu_qp_delta_depth;
}

}  // namespace qp_groups
}  // namespace inloop::hevc
