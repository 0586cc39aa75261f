// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "codec/encoder/motion_search.h"

#include <bit>
#include <cstdlib>

namespace inloop::codec {
namespace {

constexpr int kLargestStep = 32;
constexpr int kMaxRounds = 12;

// Bins of one component of a vector difference; context coded ones count as one bit.
int component_bits(int difference) {
  const auto magnitude = static_cast<unsigned>(std::abs(difference));
  if (magnitude == 0) return 1;
  if (magnitude == 1) return 3;
  return 3 + 2 * static_cast<int>(std::bit_width(magnitude / 2));
}

int mvd_bits(Mv mvd) { return component_bits(mvd.x) + component_bits(mvd.y); }

Mv difference(Mv a, Mv b) { return {static_cast<int16_t>(a.x - b.x), static_cast<int16_t>(a.y - b.y)}; }

}  // namespace

CodedVector code_vector(Mv mv, const Mv predictors[2]) {
  const Mv first = difference(mv, predictors[0]), second = difference(mv, predictors[1]);
  const int first_bits = mvd_bits(first), second_bits = mvd_bits(second);
  return second_bits < first_bits ? CodedVector{second, 1, second_bits + 1}
                                  : CodedVector{first, 0, first_bits + 1};
}

void MotionSearch::start(const PredictionBlock& block, const SearchPlane& plane, const Mv predictors[2]) {
  block_ = &block;
  plane_ = &plane;
  predictors_ = predictors;
  source_ = state_.source_at(0, block.x, block.y);
  source_stride_ = state_.source_stride(0);
}

bool MotionSearch::try_point(int x, int y, Point& best) {
  if (!plane_->covers(block_->x + x, block_->y + y, block_->width, block_->height)) return false;
  const Mv mv{static_cast<int16_t>(x * 4), static_cast<int16_t>(y * 4)};
  const double bits = vector_cost(mv);
  if (bits >= best.cost) return false;
  const uint32_t sad = state_.kernels.sad(source_, source_stride_, plane_->at(block_->x + x, block_->y + y),
                                          plane_->stride(), block_->width, block_->height);
  const double cost = sad + bits;
  if (cost >= best.cost) return false;
  best = {x, y, cost};
  return true;
}

// Rings of doubling distance around the best point, repeated around each new best until the nearest ring
// wins.
void MotionSearch::star_search(Point& best) {
  static constexpr int kRing[8][2] = {{0, -2}, {1, -1}, {2, 0}, {1, 1}, {0, 2}, {-1, 1}, {-2, 0}, {-1, -1}};
  for (int round = 0; round < kMaxRounds; ++round) {
    const Point centre = best;
    int best_step = 0;
    const int largest = round == 0 ? kLargestStep : 8;
    for (int step = 1; step <= largest; step *= 2) {
      for (const auto& offset : kRing) {
        // The ring of step 1 is the four nearest neighbours.
        if (step == 1 && (offset[0] & 1)) continue;
        if (try_point(centre.x + offset[0] * step / 2, centre.y + offset[1] * step / 2, best))
          best_step = step;
      }
    }
    if (best_step == 0) return;
    if (best_step == 1) {  // the two diagonal neighbours the small ring left out
      const Point near = best;
      for (int dy = -1; dy <= 1; ++dy) {
        for (int dx = -1; dx <= 1; ++dx) {
          if (dx || dy) try_point(near.x + dx, near.y + dy, best);
        }
      }
      if (best.x == near.x && best.y == near.y) return;
    }
  }
}

uint32_t MotionSearch::satd(const PredictionBlock& block, const SearchPlane& plane, Mv mv) const {
  const Sample* reference = plane.at(block.x + (mv.x >> 2), block.y + (mv.y >> 2));
  const Sample* source = state_.source_at(0, block.x, block.y);
  const ptrdiff_t source_stride = state_.source_stride(0);
  if (((mv.x | mv.y) & 3) == 0) {
    return state_.kernels.satd(source, source_stride, reference, plane.stride(), block.width, block.height);
  }
  alignas(64) Sample pred[kMaxCtuSize * kMaxCtuSize];
  state_.kernels.luma_uni(reference, plane.stride(), pred, block.width, block.width, block.height, mv.x & 3,
                          mv.y & 3, state_.picture.sps().bit_depth_luma);
  return state_.kernels.satd(source, source_stride, pred, block.width, block.width, block.height);
}

// The eight neighbours at a distance of `step` quarter samples.
void MotionSearch::refine(int step, Result& best) {
  const Mv centre = best.mv;
  for (int dy = -step; dy <= step; dy += step) {
    for (int dx = -step; dx <= step; dx += step) {
      if (dx == 0 && dy == 0) continue;
      const Mv mv{static_cast<int16_t>(centre.x + dx), static_cast<int16_t>(centre.y + dy)};
      const double bits = vector_cost(mv);
      if (bits >= best.cost) continue;
      const uint32_t distortion = satd(*block_, *plane_, mv);
      if (distortion + bits < best.cost) best = {mv, distortion + bits, distortion};
    }
  }
}

MotionSearch::Result MotionSearch::search(const PredictionBlock& block, const SearchPlane& plane,
                                          const Mv predictors[2], const Mv* starts, int start_count) {
  start(block, plane, predictors);
  Point best;
  try_vector(predictors[0], best);
  if (!(predictors[1] == predictors[0])) try_vector(predictors[1], best);
  try_point(0, 0, best);
  for (int i = 0; i < start_count; ++i) try_vector(starts[i], best);
  if (best.cost == kInfiniteCost) return {};
  star_search(best);

  Result result;
  result.mv = {static_cast<int16_t>(best.x * 4), static_cast<int16_t>(best.y * 4)};
  result.satd = satd(block, plane, result.mv);
  result.cost = result.satd + vector_cost(result.mv);
  refine(2, result);
  refine(1, result);
  return result;
}

}  // namespace inloop::codec
