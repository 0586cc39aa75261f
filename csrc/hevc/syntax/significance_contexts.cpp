// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/syntax/significance_contexts.h"

#include "hevc/syntax/cabac_contexts.h"
#include "hevc/syntax/residual_scan.h"

namespace inloop::hevc {
namespace {

// A context depends on the sub-block only through whether it is the first one.
struct Table {
  uint8_t contexts[2][4][3][2][4][16];

  Table() {
    for (int c = 0; c < 2; ++c) {
      for (int log2_size = 2; log2_size < 6; ++log2_size) {
        for (int scan = 0; scan < 3; ++scan) fill(c, log2_size, scan);
      }
    }
  }

  void fill(int c, int log2_size, int scan) {
    const ScanPosition* positions = scan_order(2, scan);
    for (int first = 0; first < 2; ++first) {
      const int corner = first || log2_size == 2 ? 0 : 4;
      for (int neighbours = 0; neighbours < 4; ++neighbours) {
        for (int n = 0; n < 16; ++n) {
          contexts[c][log2_size - 2][scan][first][neighbours][n] = static_cast<uint8_t>(
              kCtxSigCoeff + sig_coeff_context(c, log2_size, scan, corner + positions[n].x,
                                               corner + positions[n].y, neighbours));
        }
      }
    }
  }
};

}  // namespace

const uint8_t* significance_contexts(int c_idx, int log2_size, int scan_idx, bool first,
                                     int coded_neighbours) {
  static const Table table;
  return table.contexts[c_idx ? 1 : 0][log2_size - 2][scan_idx][first ? 1 : 0][coded_neighbours];
}

}  // namespace inloop::hevc
