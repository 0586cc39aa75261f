// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "lookahead/lowres_picture.h"

namespace inloop::lookahead {

// A displacement in samples of the source: half samples of the low-resolution picture.
struct Vector {
  int16_t x = 0, y = 0;
  bool operator==(const Vector&) const = default;
};

// What predicting each block of a picture from one reference costs, raster order.
struct MotionField {
  std::vector<int32_t> costs;  // SATD of the best prediction
  std::vector<Vector> vectors;
};

// Searches the best motion of every block of `current` in `reference`: predictors (zero, the neighbours left,
// above and above right, their median, and the block's own in each of `hints`), a hexagon, then the eight
// neighbours, by SAD and the length of the vector; then half samples by SATD. Fails where the sizes differ.
// hints: fields of block_count() vectors each.
Status search_motion(const LowresPicture& current, const LowresPicture& reference,
                     const std::vector<const Vector*>& hints, MotionField& out);

// SATD of each block against the mean of two predictions: blocks of `first` and `second` displaced by the
// given vectors, which may point as far as those that search_motion() finds. Fails where sizes differ.
Status bi_prediction_costs(const LowresPicture& current, const LowresPicture& first,
                           const Vector* first_vectors, const LowresPicture& second,
                           const Vector* second_vectors, std::vector<int32_t>& out);

}  // namespace inloop::lookahead
