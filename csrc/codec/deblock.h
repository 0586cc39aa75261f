// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "codec/kernels/table.h"
#include "codec/picture.h"

namespace inloop::codec {

// Fills picture.bs_ver / bs_hor (8.7.2.3, 8.7.2.4) from the unit flags, modes and motion, honouring slice and
// tile borders and slice_deblocking_filter_disabled_flag.
void derive_boundary_strength(Picture& picture);

// Deblocks picture.rec in place (8.7.2.5): all vertical edges of the picture, then all horizontal ones.
void deblock_picture(const KernelTable& kernels, Picture& picture);

}  // namespace inloop::codec
