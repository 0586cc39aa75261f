// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "hevc/kernels/table.h"
#include "hevc/loopfilter/loop_stage.h"
#include "hevc/picture/picture.h"

namespace inloop::hevc {

// Deblocks picture.rec in place (8.7.2); the rows of its input must be decoded. It also derives the boundary
// strengths, including those of the edge right below the rows that it completes.
class Deblocking final : public LoopStage {
 public:
  Deblocking(const KernelTable& kernels, Picture& picture) : kernels_(kernels), picture_(picture) {}

  // The last sample row of a row of CTBs must stay until intra prediction has used it for the CTBs below, and
  // with it the 8 rows in which edges are filtered. Of the rows above these, the last 4 still change with the
  // edge below them.
  Reach reach() const override { return {0, kEdgeDistance + kEdgeReach, kEdgeReach}; }
  Status run(int y, int end_y) override;

 private:
  static constexpr int kEdgeDistance = 8;
  static constexpr int kEdgeReach = 4;

  const KernelTable& kernels_;
  Picture& picture_;
  int next_ctb_y_ = 0;   // rows of CTBs before this one have their strengths
  int next_edge_y_ = 0;  // edges above this row are filtered
};

}  // namespace inloop::hevc
