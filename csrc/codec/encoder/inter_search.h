// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "codec/encoder/motion_search.h"
#include "codec/encoder/residual_tree.h"

namespace inloop::codec {

// Codes a unit with motion compensation, one way at a time; the caller prices the results and keeps the best.
// Each way leaves decisions in the CTU and the reconstruction in picture.rec.
class InterSearch {
 public:
  struct MergeChoice {
    int index = 0;
    MotionInfo motion;
    double cost = kInfiniteCost;  // SATD plus priced bits of the index
  };

  InterSearch(SearchState& state, const SearchPlanes& planes);

  // Merge candidates of the whole unit, best first; returns their number.
  int rank_merge(int x, int y, int log2_size, MergeChoice choices[5]);

  // The unit in merge mode with its residual; returns whether any residual was worth coding.
  bool code_merge(int x, int y, int log2_size, int cqt_depth, const MergeChoice& choice);
  // The same prediction without residual, as a skipped unit.
  void code_skip(int x, int y, int log2_size, int cqt_depth, const MergeChoice& choice);

  // Motion vectors (or merge candidates) by search for every partition, then the residual. Returns whether
  // there is residual.
  bool code_partitions(int x, int y, int log2_size, int cqt_depth, PartMode part_mode);

 private:
  struct PartitionChoice {
    MotionInfo motion;
    bool merge = false;
    int merge_idx = 0;
    int mvp_idx = 0;
    Mv mvd;
    double cost = kInfiniteCost;
  };

  MotionContext motion_context() const;
  CodedUnit make_unit(int cqt_depth, PartMode part_mode) const;
  double merge_idx_cost(int index) const;
  uint32_t prediction_satd(const PredictionBlock& block, const MotionInfo& motion);
  PartitionChoice search_partition(const PredictionBlock& block);
  PartitionChoice best_merge(const PredictionBlock& block);
  void store_partition(const PredictionBlock& block, const PartitionChoice& choice);
  void predict(const PredictionBlock& block, const MotionInfo& motion);
  bool code_residual(int x, int y, int log2_size);

  SearchState& state_;
  const SearchPlanes& planes_;
  MotionSearch motion_;
  ResidualTree residual_;
  Frame pred_;
  Mv last_mv_[kMaxRefs];  // found last for each reference: a start for the next block
};

}  // namespace inloop::codec
