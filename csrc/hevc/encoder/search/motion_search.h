// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>

#include "hevc/block/mv_prediction.h"
#include "hevc/encoder/search/search_plane.h"
#include "hevc/encoder/search/search_state.h"

namespace inloop::hevc {

// A motion vector coded as its difference from the better of its two predictors.
struct CodedVector {
  Mv mvd;
  int mvp_idx = 0;
  int bits = 0;  // an estimate that includes the index of the predictor
};

inline Mv difference(Mv a, Mv b) {
  return {static_cast<int16_t>(a.x - b.x), static_cast<int16_t>(a.y - b.y)};
}

constexpr int mvd_component_bits(unsigned magnitude) {
  return magnitude < 2 ? 1 + 2 * static_cast<int>(magnitude) : 3 + 2 * std::bit_width(magnitude / 2);
}

// Estimates the bins of a vector difference; a context coded bin counts as one bit.
inline int mvd_bits(Mv mvd) {
  static constexpr auto kSmall = [] {
    std::array<uint8_t, 256> bits{};
    for (unsigned i = 0; i < bits.size(); ++i) bits[i] = static_cast<uint8_t>(mvd_component_bits(i));
    return bits;
  }();
  const auto x = static_cast<unsigned>(std::abs(mvd.x)), y = static_cast<unsigned>(std::abs(mvd.y));
  if ((x | y) < kSmall.size()) return kSmall[x] + kSmall[y];
  return mvd_component_bits(x) + mvd_component_bits(y);
}

inline CodedVector code_vector(Mv mv, const Mv predictors[2]) {
  const Mv first = difference(mv, predictors[0]), second = difference(mv, predictors[1]);
  const int first_bits = mvd_bits(first), second_bits = mvd_bits(second);
  return second_bits < first_bits ? CodedVector{second, 1, second_bits + 1}
                                  : CodedVector{first, 0, first_bits + 1};
}

// Returns the bits that code_vector() gives.
inline int vector_bits(Mv mv, const Mv predictors[2]) {
  return std::min(mvd_bits(difference(mv, predictors[0])), mvd_bits(difference(mv, predictors[1]))) + 1;
}

// Tries the four neighbours of a vector at a distance of `step` quarter samples, then the diagonal neighbour
// between the better horizontal and the better vertical one, or every diagonal neighbour with `all`.
// attempt(mv) returns the cost.
template <class Attempt>
void try_around(Mv centre, int step, bool all, Attempt attempt) {
  const auto at = [&](int dx, int dy) {
    return attempt(
        Mv{static_cast<int16_t>(centre.x + dx * step), static_cast<int16_t>(centre.y + dy * step)});
  };
  const double left = at(-1, 0), right = at(1, 0), above = at(0, -1), below = at(0, 1);
  const int dx = left < right ? -1 : 1, dy = above < below ? -1 : 1;
  at(dx, dy);
  if (!all) return;
  at(-dx, dy);
  at(dx, -dy);
  at(-dx, -dy);
}

// Says where a search starts besides the predictors, and how far from its best start it looks, in samples.
struct MotionStarts {
  static constexpr int kMost = 4;
  Mv mv[kMost];
  int count = 0;
  int range = 32;

  void add(Mv start) {
    if (count < kMost && std::find(mv, mv + count, start) == mv + count) mv[count++] = start;
  }
};

// Finds the motion vector of a prediction block in one reference picture: a star search over full samples by
// SAD from several starting points, then a refinement to half and quarter samples by SATD.
class MotionSearch {
 public:
  struct Result {
    Mv mv;
    double cost = kInfiniteCost;  // SATD plus priced bits of the vector
    uint32_t satd = 0;
  };

  explicit MotionSearch(const SearchState& state) : state_(state) {}

  // `predictors` are the two AMVP candidates. sad_limit is the best full-sample cost of the references
  // searched so far: where this reference is clearly worse, its fractional samples are not tried; where it is
  // better, sad_limit takes its cost.
  Result search(const PredictionBlock& block, const SearchPlane& plane, const Mv predictors[2],
                const MotionStarts& starts, double& sad_limit);

  // Returns the SATD of a block against its prediction by one vector; the plane must cover it.
  uint32_t satd(const PredictionBlock& block, const SearchPlane& plane, Mv mv) const;

 private:
  struct Point {
    int x = 0, y = 0;  // in full samples
    double cost = kInfiniteCost;
  };

  void start(const PredictionBlock& block, const SearchPlane& plane, const Mv predictors[2]);
  bool first_visit(int x, int y);
  bool try_point(int x, int y, Point& best);
  bool try_vector(Mv mv, Point& best) { return try_point((mv.x + 2) >> 2, (mv.y + 2) >> 2, best); }
  void star_search(int range, Point& best);
  void refine(int step, Result& best);
  double vector_cost(Mv mv) const { return state_.lambda_satd * vector_bits(mv, predictors_); }

  const SearchState& state_;
  const PredictionBlock* block_ = nullptr;
  const SearchPlane* plane_ = nullptr;
  const Mv* predictors_ = nullptr;
  const Sample* source_ = nullptr;
  ptrdiff_t source_stride_ = 0;
  int slice_ = 0;  // rows that are compared before the cost is looked at
  // The points that this search has seen: the last one of each place in a window of 16 x 16, with the number of its
  // search. A point that is forgotten is only tried again.
  static constexpr int kWindow = 16;
  uint64_t visited_[kWindow * kWindow] = {};
  uint32_t search_number_ = 0;
};

}  // namespace inloop::hevc
