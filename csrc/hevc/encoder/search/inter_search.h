// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "hevc/encoder/search/partition_search.h"
#include "hevc/encoder/search/residual_tree.h"

namespace inloop::hevc {

// A CU with the motion of its partitions.
struct PartitionedCu {
  PartMode part_mode = PartMode::p2Nx2N;
  PartitionChoice parts[2];
  double cost = kInfiniteCost;  // SATD plus priced bits
};

// Codes a CU with motion compensation, one way at a time; the caller prices the results and keeps the best.
// Each way leaves decisions in the CTU and the reconstruction in picture.rec.
class InterSearch {
 public:
  InterSearch(SearchState& state, const SearchPlanes& planes);

  // Merge candidates of the whole CU, best first; returns their number.
  int rank_merge(int x, int y, int log2_size, PartitionChoice choices[5]);

  // The CU predicted by merging, without residual as a skipped CU.
  void code_skip(int x, int y, int log2_size, int cqt_depth, const PartitionChoice& choice);
  // The same with residual; code_skip() of the same choice came before. Transform blocks are not split where
  // the cost is above tree_limit. Returns whether any residual was worth coding.
  bool code_merge(int x, int y, int log2_size, int cqt_depth, const PartitionChoice& choice,
                  double tree_limit);

  // Motion vectors or (for parts of the CU) merge candidates by search for every partition.
  PartitionedCu search_partitions(int x, int y, int log2_size, int cqt_depth, PartMode part_mode);
  // After a search of the whole CU: the same with the other kind of prediction, from one list or both.
  PartitionedCu other_direction() const;
  // Codes the CU so; returns whether there is residual.
  bool code_partitions(int x, int y, int log2_size, int cqt_depth, const PartitionedCu& cell,
                       double tree_limit);

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
};

}  // namespace inloop::hevc
