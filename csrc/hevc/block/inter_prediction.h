// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "hevc/kernels/table.h"
#include "hevc/picture/picture.h"

namespace inloop::hevc {

// Motion-compensated prediction of all three components of a block (8.5.3.3). dst has planes of the picture
// size, and the block is written at its own position. The slice says whether the weights are default or
// explicit. Motion vectors may point anywhere; samples outside the reference repeat its border.
void predict_inter(const KernelTable& kernels, const RefLists& refs, const SliceHeader& slice, const Sps& sps,
                   int x, int y, int width, int height, const MotionInfo& motion, Frame& dst);

}  // namespace inloop::hevc
