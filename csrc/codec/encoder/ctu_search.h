// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "codec/encoder/intra_search.h"
#include "codec/encoder/snapshot.h"

namespace inloop::codec {

// Rate-distortion search of the coding quadtree, one CTU at a time in coding order. The contexts of `state`
// run through the CTUs as those of the writer will.
class CtuSearch {
 public:
  explicit CtuSearch(SearchState& state) : state_(state), intra_(state) {}

  void search(int ctb_x, int ctb_y, CodedCtu& ctu);

 private:
  double search_quadtree(int x, int y, int log2_size, int depth);
  double search_unit(int x, int y, int log2_size, int depth);
  double search_split(int x, int y, int log2_size, int depth, double limit);
  double price_unit(int x, int y, int log2_size, int depth, const ContextSet& before);
  void keep_if_better(double cost, double& best, int x, int y, int log2_size, int depth);

  SearchState& state_;
  IntraSearch intra_;
  Snapshot best_[4];  // of the whole unit, by depth
};

}  // namespace inloop::codec
