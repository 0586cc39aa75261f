// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "lookahead/lowres_picture.h"

namespace inloop::lookahead {

// A displacement in samples of the source, which are half samples of the low-resolution picture.
struct Vector {
  int16_t x = 0, y = 0;
  bool operator==(const Vector&) const = default;
};

// The cost of predicting each block of a picture from one reference, in raster order.
struct MotionField {
  std::vector<int32_t> costs;  // SATD of the best prediction
  std::vector<Vector> vectors;
};

// Searches the best motion of every block of `current` in `reference`. By SAD and the length of the vector it
// tries predictors (zero, the neighbours to the left, above and above right, their median, and the block's
// own vector in each of `hints`), then a hexagon, then the eight neighbours; by SATD it tries half samples.
// Each field of `hints` has block_count() vectors. It is an error if the sizes of the pictures differ.
Status search_motion(const LowresPicture& current, const LowresPicture& reference,
                     const std::vector<const Vector*>& hints, MotionField& out);

// Writes the SATD of each block against the mean of two predictions, which are the blocks of `first` and
// `second` displaced by the given vectors. These may point as far as the vectors that search_motion() finds.
// It is an error if the sizes of the pictures differ.
Status bi_prediction_costs(const LowresPicture& current, const LowresPicture& first,
                           const Vector* first_vectors, const LowresPicture& second,
                           const Vector* second_vectors, std::vector<int32_t>& out);

}  // namespace inloop::lookahead
