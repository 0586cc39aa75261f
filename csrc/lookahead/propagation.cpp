// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "lookahead/propagation.h"

#include <algorithm>

namespace inloop::lookahead {
namespace {

constexpr int kStep = 2 * kBlock;  // distance of blocks in units of the vectors

// Adds `amount` to the blocks (at most four) that the displaced block (bx, by) overlaps. What points outside
// the picture goes to the blocks at its border, whose samples are repeated there.
void spread(int64_t amount, const PredictedBlocks& blocks, int bx, int by, Vector v, int64_t* target) {
  const int x = kStep * bx + v.x, y = kStep * by + v.y;
  const int fraction_x = x & (kStep - 1), fraction_y = y & (kStep - 1);
  const int left = x >> 4, top = y >> 4;
  const int weights_x[2] = {kStep - fraction_x, fraction_x};
  const int weights_y[2] = {kStep - fraction_y, fraction_y};
  for (int j = 0; j < 2; ++j) {
    const int row = std::clamp(top + j, 0, blocks.rows - 1);
    for (int i = 0; i < 2; ++i) {
      const int column = std::clamp(left + i, 0, blocks.columns - 1);
      int64_t& sum = target[static_cast<ptrdiff_t>(row) * blocks.columns + column];
      sum = std::min(kMaxAmount, sum + amount * weights_x[i] * weights_y[j] / (kStep * kStep));
    }
  }
}

}  // namespace

void propagate(const PredictedBlocks& blocks) {
  for (int by = 0; by < blocks.rows; ++by) {
    for (int bx = 0; bx < blocks.columns; ++bx) {
      const ptrdiff_t i = static_cast<ptrdiff_t>(by) * blocks.columns + bx;
      if (blocks.share[i] <= 0 || !blocks.references[i]) continue;
      const int64_t stake = std::clamp<int64_t>(blocks.carried[i], 0, kMaxAmount) + blocks.own[i];
      const int64_t amount = stake * std::min(blocks.share[i], kWholeShare) / kWholeShare;
      const bool both = blocks.references[i] == 3;
      for (int list = 0; list < 2; ++list) {
        if (!(blocks.references[i] >> list & 1)) continue;
        spread(both ? amount / 2 : amount, blocks, bx, by, blocks.vectors[list][i], blocks.targets[list]);
      }
    }
  }
}

}  // namespace inloop::lookahead
