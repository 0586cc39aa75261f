// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

// The coefficient scans (6.5.3 to 6.5.5) and the context selection of residual_coding() that encoder and
// decoder share.
namespace inloop::hevc {

enum ScanIdx : int { kScanDiagonal = 0, kScanHorizontal = 1, kScanVertical = 2 };

struct ScanPosition {
  uint8_t x, y;
};

// Returns the scan of an n x n block of positions, n = 1 << log2_size with log2_size 0 to 3. Size 3 serves
// the sub-blocks of 32x32 blocks and the scaling lists of 8x8.
const ScanPosition* scan_order(int log2_size, int scan_idx);

// Returns scanIdx of a transform block (7.4.9.11). It depends on the intra mode in 4x4 and 8x8 luma blocks
// and in the 4x4 chroma blocks of 8x8 luma, and is diagonal in all others. log2_size is in samples of the
// component.
int derive_scan_idx(bool intra, int log2_size, int c_idx, int intra_pred_mode);

// Returns ctxInc of sig_coeff_flag (9.3.4.2.5), luma and chroma offsets included, for position (x, y) in the
// block. coded_neighbours is coded_right | coded_below << 1, the coded_sub_block_flag of the sub-blocks to
// the right and below.
int sig_coeff_context(int c_idx, int log2_size, int scan_idx, int x, int y, int coded_neighbours);

}  // namespace inloop::hevc
