// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstdint>

namespace inloop::hevc {

// Context indices (relative to the slice's context set) of sig_coeff_flag for the 16 scan positions of a sub-block, as
// sig_coeff_context() gives them. All blocks of 16x16 and more have the same.
class SignificanceContexts {
 public:
  SignificanceContexts();

  // first: the sub-block that holds the DC coefficient; coded_neighbours: as sig_coeff_context() takes them.
  const uint8_t* of(bool chroma, int log2_size, int scan_idx, bool first, int coded_neighbours) const {
    return contexts_[chroma][std::min(log2_size, 4) - 2][scan_idx][first][coded_neighbours];
  }

 private:
  void fill(int c_idx, int log2_size, int scan_idx);

  uint8_t contexts_[2][3][3][2][4][16];
};

// One table for the writer, the search and the decoder.
extern const SignificanceContexts kSignificanceContexts;

}  // namespace inloop::hevc
