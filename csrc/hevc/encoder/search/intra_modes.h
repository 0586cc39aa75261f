// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "hevc/encoder/search/search_state.h"

namespace inloop::hevc {

// Holds luma intra modes with their estimated costs, best first.
struct IntraModeList {
  int count = 0;
  int mode[35];
  double cost[35];

  void insert(int new_mode, double new_cost, int capacity);
  bool contains(int wanted) const;
};

// Gives the bits that the syntax of a luma mode costs under the contexts of the state.
class IntraModeBits {
 public:
  IntraModeBits(const SearchState& state, const int mpm[3]);
  double operator()(int mode) const;

 private:
  int mpm_[3];
  double first_, other_mpm_, remaining_;
};

// Returns the modes of a luma block that are worth full coding: the best by SATD and bits, without those far
// behind, and the first tools.intra_mpm_checks most probable modes.
IntraModeList rate_intra_modes(const SearchState& state, int x, int y, int log2_size, const int mpm[3],
                               const IntraModeBits& bits);

// Returns the same for a 64x64 CU. Such a CU has four 32x32 transform blocks that predict from each other, so
// that no prediction of the whole block exists that could be estimated. Only smooth content is coded that
// way.
IntraModeList likely_modes_64(const int mpm[3]);

}  // namespace inloop::hevc
