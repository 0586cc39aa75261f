// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstdint>

namespace inloop::hevc {

// Holds the context indices (in ContextSet) of sig_coeff_flag for the 16 scan positions of a sub-block, as
// sig_coeff_context() gives them. Blocks of 16x16 and 32x32 share theirs.
class SignificanceContexts {
 public:
  SignificanceContexts();

  // `first` says that it is the sub-block with the DC coefficient; coded_neighbours is as in
  // sig_coeff_context().
  const uint8_t* of(bool chroma, int log2_size, int scan_idx, bool first, int coded_neighbours) const {
    return contexts_[chroma][std::min(log2_size, 4) - 2][scan_idx][first][coded_neighbours];
  }

 private:
  void fill(int c_idx, int log2_size, int scan_idx);

  uint8_t contexts_[2][3][3][2][4][16];
};

// The writer, the search and the decoder share this table.
extern const SignificanceContexts kSignificanceContexts;

}  // namespace inloop::hevc
