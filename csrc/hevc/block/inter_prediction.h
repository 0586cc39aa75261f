// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "hevc/kernels/table.h"
#include "hevc/picture/picture.h"

namespace inloop::hevc {

// Motion-compensated prediction of a block (8.5.3.3): all three components into dst (planes of the picture
// size, written at the block's own position). Default or explicit weights as the slice says. Motion vectors
// may point anywhere; samples outside the reference repeat its border.
void predict_inter(const KernelTable& kernels, const RefLists& refs, const SliceHeader& slice, const Sps& sps,
                   int x, int y, int width, int height, const MotionInfo& motion, Frame& dst);

// One component of one reference into a dense block, uni-directional and unweighted (for motion search).
// (x, y), width, height in samples of the component; mv in quarter luma samples.
void predict_uni(const KernelTable& kernels, const Picture& reference, int c_idx, int x, int y, int width,
                 int height, Mv mv, Sample* dst, ptrdiff_t dst_stride);

}  // namespace inloop::hevc
