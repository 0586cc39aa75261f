// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "hevc/block/mv_prediction.h"

namespace inloop::hevc {

// Returns mv scaled by the ratio of two POC distances (8.5.3.2.7, equations 8-179 to 8-183).
Mv scale_mv(Mv mv, int poc_diff_of_mv, int poc_diff_wanted);

// Derives the temporal candidate of a list for ref_idx (8.5.3.2.8, 8.5.3.2.9). Returns whether there is one.
bool temporal_mv(const MotionContext& context, int x, int y, int width, int height, int list, int ref_idx,
                 Mv& mv);

}  // namespace inloop::hevc
