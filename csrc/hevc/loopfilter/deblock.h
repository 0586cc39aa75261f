// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "hevc/kernels/table.h"
#include "hevc/picture/picture.h"

namespace inloop::hevc {

// Fills picture.bs_ver / bs_hor (8.7.2.3, 8.7.2.4) from the unit flags, modes and motion, honouring slice and
// tile borders and slice_deblocking_filter_disabled_flag.
void derive_boundary_strength(Picture& picture);

// The same for one row of CTBs; that row and the one above must be decoded.
void derive_boundary_strength_row(Picture& picture, int ctb_y);

// Deblocks picture.rec in place (8.7.2.5): all vertical edges of the picture, then all horizontal ones.
void deblock_picture(const KernelTable& kernels, Picture& picture);

// The edges of rows y to end_y, both multiples of 8, below rows that are deblocked already. Final are then
// the rows up to end_y - 4 of all components, since the horizontal edge at end_y is still to come.
void deblock_rows(const KernelTable& kernels, Picture& picture, int y, int end_y);

}  // namespace inloop::hevc
