// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/encoder/search/motion_search.h"

#include <algorithm>

namespace inloop::hevc {
namespace {

// A reference whose best full-sample cost exceeds the best known one by this factor is not refined further.
constexpr double kHopeless = 1.15;
constexpr int kMaxRounds = 12;
constexpr int kSliceSamples = 512;  // samples of a block that are compared before its cost is looked at

}  // namespace

void MotionSearch::start(const PredictionBlock& block, const SearchPlane& plane, const Mv predictors[2]) {
  block_ = &block;
  plane_ = &plane;
  predictors_ = predictors;
  slice_ = std::max(8, kSliceSamples / block.width & ~7);
  ++search_number_;
  source_ = state_.source_at(0, block.x, block.y);
  source_stride_ = state_.source_stride(0);
}

// Returns whether the point is new to this search. A second try could not be better than the best one so far.
bool MotionSearch::first_visit(int x, int y) {
  const uint64_t point = uint64_t{search_number_} << 32 | static_cast<uint32_t>(y & 0xffff) << 16 |
                         static_cast<uint32_t>(x & 0xffff);
  uint64_t& last = visited_[(y & (kWindow - 1)) * kWindow + (x & (kWindow - 1))];
  if (last == point) return false;
  last = point;
  return true;
}

bool MotionSearch::try_point(int x, int y, Point& best) {
  if (!first_visit(x, y)) return false;
  if (!plane_->covers(block_->x + x, block_->y + y, block_->width, block_->height)) return false;
  const Mv mv{static_cast<int16_t>(x * 4), static_cast<int16_t>(y * 4)};
  const double bits = vector_cost(mv);
  double cost = bits;
  // Large blocks are given up as soon as a part of them costs too much.
  uint32_t sad = 0;
  for (int row = 0; row < block_->height; row += slice_) {
    if (cost >= best.cost) return false;
    sad += state_.kernels.sad(source_ + row * source_stride_, source_stride_,
                              plane_->at(block_->x + x, block_->y + y + row), plane_->stride(), block_->width,
                              std::min(slice_, block_->height - row));
    cost = sad + bits;
  }
  if (cost >= best.cost) return false;
  best = {x, y, cost};
  return true;
}

// Tries rings of doubling distance around the best point and starts again around each new best point, until
// the nearest ring gives the best or no point is better.
void MotionSearch::star_search(int range, Point& best) {
  static constexpr int kRing[8][2] = {{0, -2}, {1, -1}, {2, 0}, {1, 1}, {0, 2}, {-1, 1}, {-2, 0}, {-1, -1}};
  for (int round = 0; round < kMaxRounds; ++round) {
    const Point centre = best;
    int best_step = 0;
    const int largest = round == 0 ? range : std::min(range, 8);
    for (int step = 1; step <= largest; step *= 2) {
      for (const auto& offset : kRing) {
        // The ring of step 1 consists of the four nearest neighbours.
        if (step == 1 && (offset[0] & 1)) continue;
        if (try_point(centre.x + offset[0] * step / 2, centre.y + offset[1] * step / 2, best))
          best_step = step;
      }
    }
    if (best_step == 0) return;
    // The smallest ring leaves out the diagonal neighbours, so all eight neighbours of the new best are
    // tried.
    if (best_step == 1) {
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
  const int bit_depth = state_.picture.sps().bit_depth_luma;
  if (plane.is_interpolated()) {  // averaging an intermediate value with itself rounds it to a sample
    const int16_t* quarter = plane.quarter(block.x * 4 + mv.x, block.y * 4 + mv.y);
    state_.kernels.average_bi(quarter, quarter, plane.quarter_stride(), pred, block.width, block.width,
                              block.height, bit_depth);
  } else {
    state_.kernels.luma_uni(reference, plane.stride(), pred, block.width, block.width, block.height, mv.x & 3,
                            mv.y & 3, bit_depth);
  }
  return state_.kernels.satd(source, source_stride, pred, block.width, block.width, block.height);
}

void MotionSearch::refine(int step, Result& best) {
  try_around(best.mv, step, state_.tools.all_neighbours, [&](Mv mv) {
    const double bits = vector_cost(mv);
    if (bits >= best.cost) return kInfiniteCost;
    const uint32_t distortion = satd(*block_, *plane_, mv);
    const double cost = distortion + bits;
    if (cost < best.cost) best = {mv, cost, distortion};
    return cost;
  });
}

MotionSearch::Result MotionSearch::search(const PredictionBlock& block, const SearchPlane& plane,
                                          const Mv predictors[2], const MotionStarts& starts,
                                          double& sad_limit) {
  start(block, plane, predictors);
  Point best;
  try_vector(predictors[0], best);
  if (!(predictors[1] == predictors[0])) try_vector(predictors[1], best);
  try_point(0, 0, best);
  for (int i = 0; i < starts.count; ++i) try_vector(starts.mv[i], best);
  if (best.cost == kInfiniteCost) return {};
  star_search(starts.range, best);

  Result result;
  result.mv = {static_cast<int16_t>(best.x * 4), static_cast<int16_t>(best.y * 4)};
  result.satd = satd(block, plane, result.mv);
  result.cost = result.satd + vector_cost(result.mv);
  if (!state_.tools.all_references && best.cost > sad_limit * kHopeless) return result;
  sad_limit = std::min(sad_limit, best.cost);
  refine(2, result);
  refine(1, result);
  return result;
}

}  // namespace inloop::hevc
