// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "codec/encoder/search_plane.h"
#include "codec/encoder/search_state.h"
#include "codec/mv_prediction.h"

namespace inloop::codec {

// A vector coded against the better of its two predictors.
struct CodedVector {
  Mv mvd;
  int mvp_idx = 0;
  int bits = 0;  // estimate, index included
};
CodedVector code_vector(Mv mv, const Mv predictors[2]);

// Finds the motion vector of a prediction block in one reference picture: integer star search by SAD from
// several starting points, then half and quarter samples by SATD.
class MotionSearch {
 public:
  struct Result {
    Mv mv;
    double cost = kInfiniteCost;  // SATD plus priced bits of the vector
    uint32_t satd = 0;
  };

  explicit MotionSearch(const SearchState& state) : state_(state) {}

  // predictors: the two AMVP candidates; starts: further vectors worth trying.
  Result search(const PredictionBlock& block, const SearchPlane& plane, const Mv predictors[2],
                const Mv* starts, int start_count);

  // SATD of a block against its prediction by one vector; the plane must cover it.
  uint32_t satd(const PredictionBlock& block, const SearchPlane& plane, Mv mv) const;

 private:
  struct Point {
    int x = 0, y = 0;  // full samples
    double cost = kInfiniteCost;
  };

  void start(const PredictionBlock& block, const SearchPlane& plane, const Mv predictors[2]);
  bool try_point(int x, int y, Point& best);
  bool try_vector(Mv mv, Point& best) { return try_point((mv.x + 2) >> 2, (mv.y + 2) >> 2, best); }
  void star_search(Point& best);
  void refine(int step, Result& best);
  double vector_cost(Mv mv) const { return state_.lambda_satd * code_vector(mv, predictors_).bits; }

  const SearchState& state_;
  const PredictionBlock* block_ = nullptr;
  const SearchPlane* plane_ = nullptr;
  const Mv* predictors_ = nullptr;
  const Sample* source_ = nullptr;
  ptrdiff_t source_stride_ = 0;
};

}  // namespace inloop::codec
