// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "hevc/encoder/write/coded_ctu.h"

namespace inloop::hevc {

// Luma QP of each 16x16 block of the shown picture, raster, as the caller wants it; empty: the slice's
// everywhere.
struct QpMap {
  int width = 0, height = 0;  // in blocks
  std::vector<int8_t> qp;

  // Rounded mean over a block of luma samples, of which at least one lies inside.
  int mean(int x, int y, int size) const;
};

// Quantisation groups (7.4.9.14): blocks of coding units that share one cu_qp_delta. What a CU without
// residual has, and what a delta is coded against, follows from the CUs before it. `before_ctu`: luma QP of
// the last coding unit of the CTU before, or the slice's.
namespace qp_groups {

// qPY_PRED (8.6.1) of the group at luma (x, y).
int predicted_qp(const Picture& picture, const CodedCtu& ctu, int x, int y, int before_ctu);

// Whether a CU of the group at z-order index `group` before `CU` has a residual, and so the delta.
bool delta_coded_before(const CodedCtu& ctu, int group, int cell);

// Whether any transform block of these CUs has levels.
bool has_residual(const CodedCell* cells, int count);

// Luma QP of the last coding unit of a CTU.
int last_qp(const Picture& picture, const CodedCtu& ctu, int ctb_x, int ctb_y, int before_ctu);

// log2 size of the smallest groups.
inline int log2_size(const Sps& sps, const Pps& pps) {
  return sps.log2_ctb_size - pps.diff_cu_qp_delta_depth;
}

}  // namespace qp_groups
}  // namespace inloop::hevc
