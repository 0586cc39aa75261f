// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>

#include "lookahead/lowres_search.h"

namespace inloop::lookahead {

constexpr int32_t kWholeShare = 1 << 16;
constexpr int64_t kMaxAmount = int64_t{1} << 40;  // the propagated cost of a block saturates here

// How the blocks of a picture are predicted. The arrays have columns x rows entries in raster order.
struct PredictedBlocks {
  int columns = 0, rows = 0;
  const int64_t* carried = nullptr;     // what later pictures owe to each block, 0 or more
  const int32_t* own = nullptr;         // the block's own importance, 0 or more
  const int32_t* share = nullptr;       // how much of an error in its references remains, 0 to kWholeShare
  const uint8_t* references = nullptr;  // bit 0: predicted from the first reference, bit 1: from the second
  const Vector* vectors[2] = {};        // needed where the bit is set
  int64_t* targets[2] = {};             // `carried` of the references, which grows
};

// Performs one step of CUTree: each block hands its share of what it carries and of its own importance to the
// blocks that its vectors point at, in proportion to the overlap. With two references, each gets half.
void propagate(const PredictedBlocks& blocks);

}  // namespace inloop::lookahead
