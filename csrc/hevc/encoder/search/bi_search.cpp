// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/encoder/search/bi_search.h"

namespace inloop::hevc {

// Returns the prediction at the precision of bi-prediction; it is computed into `buffer` unless the plane
// holds it already.
const int16_t* BiSearch::intermediate(const SearchPlane& plane, Mv mv, int16_t* buffer) {
  if (plane.is_interpolated()) {
    stride_ = plane.quarter_stride();
    return plane.quarter(block_.x * 4 + mv.x, block_.y * 4 + mv.y);
  }
  stride_ = kStride;
  state_.kernels.luma_bi(plane.at(block_.x + (mv.x >> 2), block_.y + (mv.y >> 2)), plane.stride(), buffer,
                         kStride, block_.width, block_.height, mv.x & 3, mv.y & 3,
                         state_.picture.sps().bit_depth_luma);
  return buffer;
}

bool BiSearch::covered(const SearchPlane& plane, Mv mv) const {
  return plane.covers(block_.x + (mv.x >> 2), block_.y + (mv.y >> 2), block_.width, block_.height);
}

void BiSearch::fix(const PredictionBlock& block, const SearchPlane& plane, Mv mv) {
  block_ = block;
  fixed_ = intermediate(plane, mv, own_fixed_);
}

uint32_t BiSearch::satd(const SearchPlane& plane, Mv mv) {
  const int16_t* other = intermediate(plane, mv, other_);
  state_.kernels.average_bi(fixed_, other, stride_, average_, kStride, block_.width, block_.height,
                            state_.picture.sps().bit_depth_luma);
  return state_.kernels.satd(state_.source_at(0, block_.x, block_.y), state_.source_stride(0), average_,
                             kStride, block_.width, block_.height);
}

MotionSearch::Result BiSearch::refine(const SearchPlane& plane, Mv from, const Mv predictors[2]) {
  MotionSearch::Result best;
  if (!covered(plane, from)) return best;
  const uint32_t distortion = satd(plane, from);
  best = {from, distortion + state_.lambda_satd * vector_bits(from, predictors), distortion};
  for (int step : {4, 2, 1}) {
    // Both vectors are already the best ones among those around them at a distance of a full sample.
    if (step == 4 && !state_.tools.all_neighbours) continue;
    try_around(best.mv, step, state_.tools.all_neighbours, [&](Mv mv) {
      const double bits = state_.lambda_satd * vector_bits(mv, predictors);
      if (bits >= best.cost || !covered(plane, mv)) return kInfiniteCost;
      const uint32_t other = satd(plane, mv);
      const double cost = other + bits;
      if (cost < best.cost) best = {mv, cost, other};
      return cost;
    });
  }
  return best;
}

}  // namespace inloop::hevc
