// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "codec/encoder/search_plane.h"
#include "codec/encoder/search_state.h"
#include "codec/mv_prediction.h"

namespace inloop::codec {

// Finds the motion vector of a prediction block in one reference picture: integer star search by SAD from
// several starting points, then half and quarter samples by SATD.
class MotionSearch {
 public:
  struct Result {
    Mv mv, mvd;
    int mvp_idx = 0;
    double cost = kInfiniteCost;  // SATD plus priced bits of vector and predictor index
  };

  explicit MotionSearch(const SearchState& state) : state_(state) {}

  // predictors: the two AMVP candidates; starts: further vectors worth trying.
  Result search(const PredictionBlock& block, const SearchPlane& plane, const Mv predictors[2],
                const Mv* starts, int start_count);

  // SATD of a block against its prediction by one vector; the plane must cover it.
  uint32_t satd(const PredictionBlock& block, const SearchPlane& plane, Mv mv);

  static int mvd_bits(Mv mvd);  // estimate, in bits

 private:
  struct Point {
    int x = 0, y = 0;  // full samples
    double cost = kInfiniteCost;
  };

  void start(const PredictionBlock& block, const SearchPlane& plane, Mv predictor);
  bool try_point(int x, int y, Point& best);
  void star_search(Point& best);
  void refine(int step, Mv& best, double& best_cost);
  double vector_cost(Mv mv) const;

  const SearchState& state_;
  const PredictionBlock* block_ = nullptr;
  const SearchPlane* plane_ = nullptr;
  Mv predictor_;
  const Sample* source_ = nullptr;
  ptrdiff_t source_stride_ = 0;
};

}  // namespace inloop::codec
