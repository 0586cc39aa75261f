// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "hevc/kernels/table.h"
#include "hevc/picture/picture.h"

namespace inloop::hevc {

// Neighbouring samples of a block of n = 1 << log2_size samples, as one line: line[0] is the bottom-most left
// neighbour p[-1][2n-1], line[2n-1] is p[-1][0], line[2n] the corner p[-1][-1], line[2n+1+x] is p[x][-1] up
// to x = 2n-1.
struct IntraReferences {
  alignas(64) Sample line[4 * 32 + 16];
};

// Gathers and substitutes reference samples from picture.rec (8.4.4.2.2), constrained_intra_pred included.
// (x, y): top-left of the block in samples of component c_idx.
void gather_intra_references(const Picture& picture, int c_idx, int x, int y, int log2_size,
                             IntraReferences& references);

// 8.4.4.2.3 - 8.4.4.2.6: smoothing where the mode asks for it, then the prediction into dst.
void predict_intra(const KernelTable& kernels, const IntraReferences& references, int c_idx, int log2_size,
                   int mode, int bit_depth, bool strong_smoothing, Sample* dst, ptrdiff_t dst_stride);

// The three most probable modes of a luma prediction block (8.4.2).
void derive_mpm(const Picture& picture, int x, int y, int mpm[3]);

// The actual chroma mode from the luma mode and intra_chroma_pred_mode (4 = derived), Table 8-2/8-3 for
// 4:2:0.
int derive_chroma_mode(int luma_mode, int intra_chroma_pred_mode);

}  // namespace inloop::hevc
