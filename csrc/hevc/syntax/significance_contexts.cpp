// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/syntax/significance_contexts.h"

#include "hevc/syntax/cabac_contexts.h"
#include "hevc/syntax/residual_scan.h"

namespace inloop::hevc {

SignificanceContexts::SignificanceContexts() {
  for (int c_idx = 0; c_idx < 2; ++c_idx) {
    for (int log2_size = 2; log2_size < 5; ++log2_size) {
      for (int scan = 0; scan < 3; ++scan) fill(c_idx, log2_size, scan);
    }
  }
}

// A context depends on the sub-block only by whether it is the first one.
void SignificanceContexts::fill(int c_idx, int log2_size, int scan_idx) {
  const ScanPosition* positions = scan_order(2, scan_idx);
  for (int first = 0; first < 2; ++first) {
    const int corner = first || log2_size == 2 ? 0 : 4;
    for (int neighbours = 0; neighbours < 4; ++neighbours) {
      for (int n = 0; n < 16; ++n) {
        const int context = sig_coeff_context(c_idx, log2_size, scan_idx, corner + positions[n].x,
                                              corner + positions[n].y, neighbours);
        contexts_[c_idx][log2_size - 2][scan_idx][first][neighbours][n] =
            static_cast<uint8_t>(kCtxSigCoeff + context);
      }
    }
  }
}

const SignificanceContexts kSignificanceContexts;

}  // namespace inloop::hevc
