// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "hevc/encoder/search/search_state.h"

namespace inloop::hevc {

// Luma intra modes with their rough costs, best first.
struct IntraModeList {
  int count = 0;
  int mode[35];
  double cost[35];

  void insert(int new_mode, double new_cost, int capacity);
  bool contains(int wanted) const;
};

// Priced bits of the syntax of one luma mode, with the contexts of the state.
class IntraModeBits {
 public:
  IntraModeBits(const SearchState& state, const int mpm[3]);
  double operator()(int mode) const;

 private:
  int mpm_[3];
  double first_, other_mpm_, remaining_;
};

// The modes of a luma block that are worth a full check: the best by SATD and bits, less those far behind,
// and the two most probable ones where the preset checks them always.
IntraModeList rate_intra_modes(const SearchState& state, int x, int y, int log2_size, const int mpm[3],
                               const IntraModeBits& bits);

// The same for a 64x64 CU: it has four 32x32 transform blocks, so that no prediction of the whole block
// exists to be rated; only smooth content is coded that way.
IntraModeList likely_modes_64(const int mpm[3]);

}  // namespace inloop::hevc
