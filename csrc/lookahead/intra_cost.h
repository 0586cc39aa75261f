// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>

#include "lookahead/kernels/table.h"

namespace inloop::lookahead {

// Returns the SATD of an 8x8 block against the best of eleven intra predictions from its source neighbours:
// DC, planar and nine directions of HEVC (clause 8.4.4.2), at the angles 0, 13, 32 and -13 from above and
// from the left and at the diagonal common to both. The 16 samples above the block, the 16 samples to its
// left and the corner must be readable.
int32_t intra_cost(const KernelTable& table, const uint8_t* block, ptrdiff_t stride);

}  // namespace inloop::lookahead
