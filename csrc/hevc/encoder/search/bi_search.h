// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "hevc/encoder/search/motion_search.h"

namespace inloop::hevc {

// Rates and refines the bi-prediction of one block. It forms the average of two predictions exactly as the
// decoder does, rounding included, so that the vectors are judged by what they give together.
class BiSearch {
 public:
  explicit BiSearch(const SearchState& state) : state_(state) {}

  // Sets the prediction that stays while the other one is searched; the plane must cover it.
  void fix(const PredictionBlock& block, const SearchPlane& plane, Mv mv);

  // Returns the SATD of the average of the fixed prediction and this one; the plane must cover it.
  uint32_t satd(const SearchPlane& plane, Mv mv);

  // Returns the best vector for the other prediction around `from`, which is tried first. Vectors that the
  // plane does not cover are left out.
  MotionSearch::Result refine(const SearchPlane& plane, Mv from, const Mv predictors[2]);

 private:
  static constexpr ptrdiff_t kStride = kMaxCtuSize;

  const int16_t* intermediate(const SearchPlane& plane, Mv mv, int16_t* buffer);
  bool covered(const SearchPlane& plane, Mv mv) const;

  const SearchState& state_;
  PredictionBlock block_;
  const int16_t* fixed_ = nullptr;  // the prediction that stays
  // Stride of the intermediate predictions. It is the same for both, as either all references are
  // interpolated or none is.
  ptrdiff_t stride_ = kStride;
  alignas(64) int16_t own_fixed_[kMaxCtuSize * kStride];
  alignas(64) int16_t other_[kMaxCtuSize * kStride];
  alignas(64) Sample average_[kMaxCtuSize * kStride];
};

}  // namespace inloop::hevc
