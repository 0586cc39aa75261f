// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "hevc/encoder/search/bi_search.h"
#include "hevc/encoder/search/motion_search.h"

namespace inloop::hevc {

// How one prediction block is predicted.
struct PartitionChoice {
  MotionInfo motion;
  bool merge = false;
  int merge_idx = 0;
  int mvp_idx[2] = {0, 0};
  Mv mvd[2];
  double cost = kInfiniteCost;  // SATD plus priced bits
};

// Finds the motion of prediction blocks: merge candidates, vectors in either list, and both lists together.
class PartitionSearch {
 public:
  PartitionSearch(SearchState& state, const SearchPlanes& planes);

  // The merge candidates of a block, best first, each motion once; returns their number.
  int rank_merge(const PredictionBlock& block, PartitionChoice choices[5]);

  // The best way but merging; kInfiniteCost where no vector could be tried. Parts of a CU follow a search
  // of the whole CU, whose motion they start from, and are searched in the references chosen there
  // (all_references: in all).
  PartitionChoice search_vectors(const PredictionBlock& block);

  // Of the block search_vectors() saw last: the best of the other kind, one list against both; its cost is
  // kInfiniteCost where there is none.
  const PartitionChoice& other_direction() const { return other_; }

  // Motion-compensated prediction of all components into pred().
  void predict(const PredictionBlock& block, const MotionInfo& motion);
  const Frame& pred() const { return pred_; }

 private:
  // What is known of a block's motion towards one entry of a list.
  struct Uni {
    Mv predictors[2];
    MotionSearch::Result found;
    double cost = kInfiniteCost;  // found.cost and the bits of the reference index
    int ref_bits = 0;
  };

  MotionContext motion_context() const;
  double merge_idx_cost(int index) const;
  uint32_t merge_satd(const PredictionBlock& block, const MotionInfo& motion);
  bool covered(const PredictionBlock& block, const MotionInfo& motion, int list) const;
  double direction_cost(const PredictionBlock& block, int direction) const;
  void search_list(const PredictionBlock& block, int list);
  MotionStarts starts(const PredictionBlock& block, int list, int ref) const;
  bool is_searched(const PredictionBlock& block, int list, int ref) const;
  int same_in_list0(int ref) const;
  int best_ref(int list) const;
  PartitionChoice choose_uni(const PredictionBlock& block) const;
  PartitionChoice choose_bi(const PredictionBlock& block);
  bool start_bi(const PredictionBlock& block, MotionInfo& motion);
  void refine_bi(const PredictionBlock& block, int list, bool all_refs, MotionInfo& motion, double& cost);
  double fixed_cost(const MotionInfo& motion, int list) const;
  PartitionChoice make_choice(const MotionInfo& motion, double cost) const;

  SearchState& state_;
  const SearchPlanes& planes_;
  PartitionChoice other_;
  MotionSearch motion_;
  BiSearch bi_;
  Frame pred_;
  Uni uni_[2][kMaxRefs];
  double sad_limit_ = kInfiniteCost;  // of the references of the block in work
  // Found last for whole CUs of each size: starts for the CU beside, the CUs and the parts inside.
  struct Found {
    Mv mv[2][kMaxRefs];
    int best_ref[2] = {0, 0};
  };
  Found found_[4];
};

}  // namespace inloop::hevc
