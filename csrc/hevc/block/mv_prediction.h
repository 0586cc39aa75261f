// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "hevc/picture/picture.h"

namespace inloop::hevc {

// A prediction block and where it lies, as merge and AMVP need it.
struct PredictionBlock {
  int cu_x = 0, cu_y = 0, cu_size = 0;
  PartMode part_mode = PartMode::p2Nx2N;
  int part_idx = 0;
  int x = 0, y = 0, width = 0, height = 0;  // luma samples

  // 8x4 and 4x8 blocks are predicted from one list only (7.4.9.6, 8.5.3.2.2).
  bool may_be_bi() const { return width + height != 12; }
};

// What motion prediction reads of the current slice.
struct MotionContext {
  const Picture* picture = nullptr;  // current picture; motion/pred_mode of earlier blocks filled
  const SliceHeader* slice = nullptr;
  const RefLists* refs = nullptr;
  const Picture* collocated = nullptr;  // nullptr when slice_temporal_mvp_enabled_flag is 0
};

// The rectangle of partition part_idx of a CU.
PredictionBlock partition_block(int cu_x, int cu_y, int cu_size, PartMode part_mode, int part_idx);
int partition_count(PartMode part_mode);

// Merge candidates (8.5.3.2.2 - 8.5.3.2.5) up to and including index max_index; 8x4/4x8 bi restriction
// applied. Returns the number derived (>= max_index + 1).
int derive_merge_candidates(const MotionContext& context, const PredictionBlock& block, int max_index,
                            MotionInfo candidates[5]);

// The two AMVP candidates of list X for ref_idx (8.5.3.2.6, 8.5.3.2.7).
void derive_amvp_candidates(const MotionContext& context, const PredictionBlock& block, int list, int ref_idx,
                            Mv candidates[2]);

}  // namespace inloop::hevc
