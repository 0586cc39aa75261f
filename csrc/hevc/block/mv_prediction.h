// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "hevc/picture/picture.h"

namespace inloop::hevc {

// A prediction block and its place in the CU, as merging and AMVP need it.
struct PredictionBlock {
  int cu_x = 0, cu_y = 0, cu_size = 0;
  PartMode part_mode = PartMode::p2Nx2N;
  int part_idx = 0;
  int x = 0, y = 0, width = 0, height = 0;  // luma samples

  // 8x4 and 4x8 blocks must be predicted from one list only (7.4.9.6, 8.5.3.2.2).
  bool may_be_bi() const { return width + height != 12; }
};

// What motion prediction reads of the current slice.
struct MotionContext {
  const Picture* picture = nullptr;  // The current picture, with the motion and pred_mode of earlier blocks.
  const SliceHeader* slice = nullptr;
  const RefLists* refs = nullptr;
  const Picture* collocated = nullptr;  // nullptr where slice_temporal_mvp_enabled_flag is 0
};

// Returns the rectangle of partition part_idx of a CU.
PredictionBlock partition_block(int cu_x, int cu_y, int cu_size, PartMode part_mode, int part_idx);
int partition_count(PartMode part_mode);

// Derives the merge candidates with index 0 to max_index (8.5.3.2.2 to 8.5.3.2.5); those of 8x4 and 4x8
// blocks are reduced to one list. Returns their number, max_index + 1.
int derive_merge_candidates(const MotionContext& context, const PredictionBlock& block, int max_index,
                            MotionInfo candidates[5]);

// Derives the two AMVP candidates of a list for ref_idx (8.5.3.2.6, 8.5.3.2.7).
void derive_amvp_candidates(const MotionContext& context, const PredictionBlock& block, int list, int ref_idx,
                            Mv candidates[2]);

}  // namespace inloop::hevc
