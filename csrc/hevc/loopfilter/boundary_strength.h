// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "hevc/picture/picture.h"

namespace inloop::hevc {

// Derives picture.bs_ver and picture.bs_hor (8.7.2.3, 8.7.2.4) of a row of CTBs from the flags, modes and
// motion of its cells, with respect to slice and tile borders and slice_deblocking_filter_disabled_flag. This
// row and the one above must be decoded.
void derive_boundary_strength_row(Picture& picture, int ctb_y);

}  // namespace inloop::hevc
