// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "hevc/kernels/table.h"
#include "hevc/picture/picture.h"

namespace inloop::hevc {

// The neighbouring samples of a block of n x n samples, n = 1 << log2_size, as one line:
//   line[0]                  the bottom-most left neighbour p[-1][2n-1]
//   line[2n-1]               p[-1][0]
//   line[2n]                 the corner p[-1][-1]
//   line[2n+1+x]             p[x][-1], x = 0 .. 2n-1
struct IntraReferences {
  alignas(64) Sample line[4 * 32 + 16];
};

// Gathers the reference samples from picture.rec and substitutes those that are not available or, with
// constrained_intra_pred_flag, not usable (8.4.4.2.2). (x, y) is the top-left sample of the block in
// component c_idx.
void gather_intra_references(const Picture& picture, int c_idx, int x, int y, int log2_size,
                             IntraReferences& references);

// Smooths the reference samples where the mode asks for it, then writes the prediction into dst (8.4.4.2.3 to
// 8.4.4.2.6).
void predict_intra(const KernelTable& kernels, const IntraReferences& references, int c_idx, int log2_size,
                   int mode, int bit_depth, bool strong_smoothing, Sample* dst, ptrdiff_t dst_stride);

// Derives the three most probable modes of a luma prediction block (8.4.2).
void derive_mpm(const Picture& picture, int x, int y, int mpm[3]);

// Returns the chroma mode that the luma mode and intra_chroma_pred_mode (4 = derived) stand for, by tables
// 8-2 and 8-3 for 4:2:0.
int derive_chroma_mode(int luma_mode, int intra_chroma_pred_mode);

}  // namespace inloop::hevc
