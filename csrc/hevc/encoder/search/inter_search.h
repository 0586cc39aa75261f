// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "hevc/encoder/search/partition_search.h"
#include "hevc/encoder/search/residual_tree.h"

namespace inloop::hevc {

// Describes a CU by the motion of its partitions.
struct PartitionedCu {
  PartMode part_mode = PartMode::p2Nx2N;
  PartitionChoice parts[2];
  double cost = kInfiniteCost;  // SATD plus priced bits
};

// Codes a CU with inter prediction, one way at a time; the caller prices the results and keeps the best. Each
// way leaves its decisions in the CTU and its reconstruction in picture.rec.
class InterSearch {
 public:
  InterSearch(SearchState& state, const SearchPlanes& planes);

  // Lists the merge candidates of the whole CU, best first, and returns their number.
  int rank_merge(int x, int y, int log2_size, PartitionChoice choices[5]);

  // Codes the CU in skip mode: predicted by merging, without residual.
  void code_skip(int x, int y, int log2_size, int cqt_depth, const PartitionChoice& choice);
  // Codes the CU with the same prediction and a residual; code_skip() must have been called with this choice
  // before. The transform tree is not split where the cost exceeds tree_limit. Returns whether any residual
  // was worth coding.
  bool code_merge(int x, int y, int log2_size, int cqt_depth, const PartitionChoice& choice,
                  double tree_limit);

  // Searches every partition for its motion vectors or, in a partitioned CU, its merge candidate.
  PartitionedCu search_partitions(int x, int y, int log2_size, int cqt_depth, PartMode part_mode);
  // Returns, after a search of the whole CU, the best prediction of the other kind: from one list if both
  // lists won, and the other way round.
  PartitionedCu other_direction() const;
  // Codes the CU with the motion found. Returns whether there is a residual.
  bool code_partitions(int x, int y, int log2_size, int cqt_depth, const PartitionedCu& cell,
                       double tree_limit);

  // Returns the cost of the residual that was coded last, which the CU exceeds by the bits of its motion.
  double residual_cost() const { return residual_cost_; }

  // Forgets the motion found so far, where searches start.
  void forget() { partitions_.forget(); }

 private:
  CodedCell make_cu(int cqt_depth, PartMode part_mode) const;
  void set_merge(int x, int y, int log2_size, int cqt_depth, const PartitionChoice& choice, bool skip);
  double part_mode_cost(int log2_size, PartMode part_mode) const;
  PartitionChoice search_partition(const PredictionBlock& block);
  void store_partition(const PredictionBlock& block, const PartitionChoice& choice);
  bool code_residual(int x, int y, int log2_size, double tree_limit);

  SearchState& state_;
  PartitionSearch partitions_;
  ResidualTree residual_;
  double residual_cost_ = 0;
};

}  // namespace inloop::hevc
