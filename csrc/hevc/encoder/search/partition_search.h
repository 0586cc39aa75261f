// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>

#include "hevc/encoder/search/bi_search.h"
#include "hevc/encoder/search/motion_search.h"

namespace inloop::hevc {

// Says how one prediction block is predicted.
struct PartitionChoice {
  MotionInfo motion;
  bool merge = false;
  int merge_idx = 0;
  int mvp_idx[2] = {0, 0};
  Mv mvd[2];
  double cost = kInfiniteCost;  // SATD plus priced bits
};

// Finds the motion of prediction blocks: merge candidates, vectors of either list, and of both lists
// together.
class PartitionSearch {
 public:
  PartitionSearch(SearchState& state, const SearchPlanes& planes);

  // Lists the merge candidates of a block, best first and each motion once, and returns their number.
  int rank_merge(const PredictionBlock& block, PartitionChoice choices[5]);

  // Returns the best prediction without merging; its cost is kInfiniteCost where no vector could be tried.
  // Parts of a CU must follow a search of the whole CU: they start from its motion and are searched only in
  // the references chosen there (in all references with the tool all_references).
  PartitionChoice search_vectors(const PredictionBlock& block);

  // Returns, for the block that search_vectors() saw last, the best prediction of the other kind: from one
  // list if both lists won, and the other way round. Its cost is kInfiniteCost where there is none.
  const PartitionChoice& other_direction() const { return other_; }

  // Writes the motion-compensated prediction of all components into inter_pred of the state.
  void predict(const PredictionBlock& block, const MotionInfo& motion);

  // Forgets the motion found so far, where searches start.
  void forget() { found_ = {}; }

 private:
  // What is known of a block's motion towards one entry of a list.
  struct Uni {
    Mv predictors[2];
    MotionSearch::Result found;
    double cost = kInfiniteCost;  // found.cost plus the bits of the reference index
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
  Uni uni_[2][kMaxRefs];
  double sad_limit_ = kInfiniteCost;  // shared by the references of the block that is searched
  // The motion found last for whole CUs of one size. It gives starting points for the next CU, and for the
  // CUs and the parts inside.
  struct Found {
    Mv mv[2][kMaxRefs];
    int best_ref[2] = {0, 0};
  };
  std::array<Found, 4> found_;  // by size
};

}  // namespace inloop::hevc
