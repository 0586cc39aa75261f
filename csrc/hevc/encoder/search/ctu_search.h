// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "hevc/encoder/search/inter_search.h"
#include "hevc/encoder/search/intra_search.h"
#include "hevc/encoder/search/snapshot.h"
#include "hevc/encoder/write/syntax_writer.h"

namespace inloop::hevc {

// Searches the coding quadtree for the lowest rate-distortion cost, one CTU at a time, from the left to the right in each
// row. The contexts of `state` pass through the CTUs of a row as those of the writer will.
class CtuSearch {
 public:
  CtuSearch(SearchState& state, const SearchPlanes& planes)
      : state_(state), intra_(state), inter_(state, planes), slice_lambda_(state.lambda) {}

  // Starts a row of CTUs. Nothing but the contexts comes from CTUs that were searched before.
  void begin_row(const ContextSet& contexts);
  // Returns the contexts after the last CTU.
  const ContextSet& contexts() const { return state_.contexts; }

  void search(int ctb_x, int ctb_y, CodedCtu& ctu);

 private:
  // The block that is being coded as a single CU.
  struct CuSearch {
    int x, y, log2_size, depth;
    ContextSet before;
    double best = kInfiniteCost;
    double best_error = kInfiniteCost;  // the share of the squared error in `best`
    double rating = kInfiniteCost;      // estimated cost of the best inter prediction
    bool best_is_skip = false;
    bool best_has_residual = true;
  };

  double search_quadtree(int x, int y, int log2_size, int depth);
  void search_cu(CuSearch& cu);
  void try_inter(CuSearch& cu);
  void try_intra(CuSearch& cu);
  bool is_calm(const CuSearch& cu) const;
  bool try_merge(CuSearch& cu);
  void try_partitions(CuSearch& cu, const PartitionedCu& partitions);
  double search_split(int x, int y, int log2_size, int depth, double limit);
  void start_group(int x, int y, int size);
  void derive_cu_qp(const CuSearch& cu, SyntaxWriter<BitCounter>& writer);
  double price_cu(const CuSearch& cu, double& error);
  bool keep_if_better(CuSearch& cu);

  SearchState& state_;
  IntraSearch intra_;
  InterSearch inter_;
  double slice_lambda_;  // at the QP of the slice
  Snapshot best_[4];     // best coding as one CU, by depth
};

}  // namespace inloop::hevc
