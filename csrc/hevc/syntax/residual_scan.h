// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

// Coefficient scans (6.5.3 - 6.5.5) and the context selection of residual_coding that encoder and decoder
// share.
namespace inloop::hevc {

enum ScanIdx : int { kScanDiagonal = 0, kScanHorizontal = 1, kScanVertical = 2 };

struct ScanPosition {
  uint8_t x, y;
};

// Scan of an n x n block of positions, n = 1 << log2_size (0..3; 3 only used for sub-blocks of 32x32 and the
// 8x8 horizontal/vertical scans).
const ScanPosition* scan_order(int log2_size, int scan_idx);

// scanIdx of a transform block (7.4.9.11): by the intra mode for 4x4 and 8x8 luma, 4x4 chroma (of 8x8 luma)
// blocks; diagonal for inter. log2_size: size of the block in samples of its component.
int derive_scan_idx(bool intra, int log2_size, int c_idx, int intra_pred_mode);

// ctxInc of sig_coeff_flag (9.3.4.2.5), luma and chroma offsets included. x, y: position in the block.
// coded_right | coded_below << 1: coded_sub_block_flag of the neighbours right of and below this sub-block.
int sig_coeff_context(int c_idx, int log2_size, int scan_idx, int x, int y, int coded_neighbours);

}  // namespace inloop::hevc
