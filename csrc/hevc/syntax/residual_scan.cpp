// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/syntax/residual_scan.h"

#include <array>
#include <cstddef>

namespace inloop::hevc {
namespace {

using Scan = std::array<ScanPosition, 64>;

constexpr Scan diagonal_scan(int n) {
  Scan scan{};
  std::size_t i = 0;
  for (int sum = 0; sum <= 2 * (n - 1); ++sum) {
    for (int y = sum; y >= 0; --y) {  // up-right: each diagonal starts at its lower left end
      const int x = sum - y;
      if (y < n && x < n) scan[i++] = {static_cast<uint8_t>(x), static_cast<uint8_t>(y)};
    }
  }
  return scan;
}

constexpr Scan line_scan(int n, bool vertical) {
  Scan scan{};
  for (int i = 0; i < n * n; ++i) {
    const auto major = static_cast<uint8_t>(i / n);
    const auto minor = static_cast<uint8_t>(i % n);
    scan[static_cast<std::size_t>(i)] = vertical ? ScanPosition{major, minor} : ScanPosition{minor, major};
  }
  return scan;
}

constexpr std::array<Scan, 3> scans_of_size(int n) {
  return {diagonal_scan(n), line_scan(n, false), line_scan(n, true)};
}

constexpr std::array<std::array<Scan, 3>, 4> kScans = {scans_of_size(1), scans_of_size(2), scans_of_size(4),
                                                       scans_of_size(8)};

// Returns the context of a position in its sub-block, which depends on which of the two neighbouring
// sub-blocks are coded.
int neighbour_context(int x, int y, int coded_neighbours) {
  switch (coded_neighbours) {
    case 0:
      return x + y == 0 ? 2 : x + y < 3 ? 1 : 0;
    case 1:
      return y == 0 ? 2 : y == 1 ? 1 : 0;
    case 2:
      return x == 0 ? 2 : x == 1 ? 1 : 0;
    default:
      return 2;
  }
}

int large_block_offset(int c_idx, int log2_size, int scan_idx) {
  if (c_idx > 0) return log2_size == 3 ? 9 : 12;
  if (log2_size == 3) return scan_idx == kScanDiagonal ? 9 : 15;
  return 21;
}

}  // namespace

const ScanPosition* scan_order(int log2_size, int scan_idx) {
  return kScans[static_cast<std::size_t>(log2_size)][static_cast<std::size_t>(scan_idx)].data();
}

int derive_scan_idx(bool intra, int log2_size, int c_idx, int intra_pred_mode) {
  const bool mode_dependent = intra && (log2_size == 2 || (log2_size == 3 && c_idx == 0));
  if (!mode_dependent) return kScanDiagonal;
  if (intra_pred_mode >= 6 && intra_pred_mode <= 14) return kScanVertical;
  if (intra_pred_mode >= 22 && intra_pred_mode <= 30) return kScanHorizontal;
  return kScanDiagonal;
}

int sig_coeff_context(int c_idx, int log2_size, int scan_idx, int x, int y, int coded_neighbours) {
  static constexpr uint8_t kContextMap4x4[16] = {0, 1, 4, 5, 2, 3, 4, 5, 6, 6, 8, 8, 7, 7, 8, 8};
  const int component_offset = c_idx > 0 ? 27 : 0;
  if (log2_size == 2) return component_offset + kContextMap4x4[(y << 2) + x];
  if (x + y == 0) return component_offset;
  const int beyond_first = c_idx == 0 && (x >> 2) + (y >> 2) > 0 ? 3 : 0;
  return component_offset + neighbour_context(x & 3, y & 3, coded_neighbours) + beyond_first +
         large_block_offset(c_idx, log2_size, scan_idx);
}

}  // namespace inloop::hevc
