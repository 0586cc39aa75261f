// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "codec/encoder/partition_search.h"
#include "codec/encoder/residual_tree.h"

namespace inloop::codec {

// Codes a unit with motion compensation, one way at a time; the caller prices the results and keeps the best.
// Each way leaves decisions in the CTU and the reconstruction in picture.rec.
class InterSearch {
 public:
  InterSearch(SearchState& state, const SearchPlanes& planes);

  // Merge candidates of the whole unit, best first; returns their number.
  int rank_merge(int x, int y, int log2_size, PartitionChoice choices[5]);

  // The unit in merge mode with its residual; returns whether any residual was worth coding.
  bool code_merge(int x, int y, int log2_size, int cqt_depth, const PartitionChoice& choice);
  // The same prediction without residual, as a skipped unit.
  void code_skip(int x, int y, int log2_size, int cqt_depth, const PartitionChoice& choice);

  // Motion vectors (or merge candidates) by search for every partition, then the residual. Returns whether
  // there is residual.
  bool code_partitions(int x, int y, int log2_size, int cqt_depth, PartMode part_mode);

 private:
  CodedUnit make_unit(int cqt_depth, PartMode part_mode) const;
  void start_merge(int x, int y, int log2_size, int cqt_depth, const PartitionChoice& choice, bool skip);
  PartitionChoice search_partition(const PredictionBlock& block);
  void store_partition(const PredictionBlock& block, const PartitionChoice& choice);
  bool code_residual(int x, int y, int log2_size);

  SearchState& state_;
  PartitionSearch partitions_;
  ResidualTree residual_;
};

}  // namespace inloop::codec
