// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "hevc/encoder/search/motion_search.h"

namespace inloop::hevc {

// Rates and refines bi-prediction of one block: the average of two predictions as the decoder makes it,
// rounding included, so that both vectors are judged by what they give together.
class BiSearch {
 public:
  explicit BiSearch(const SearchState& state) : state_(state) {}

  // The prediction that stays while the other one is sought; the plane must cover it.
  void fix(const PredictionBlock& block, const SearchPlane& plane, Mv mv);

  // SATD of the average of the fixed prediction and this one; the plane must cover it.
  uint32_t satd(const SearchPlane& plane, Mv mv);

  // The best vector around `from` for the other prediction. Only covered vectors are tried, `from` first.
  MotionSearch::Result refine(const SearchPlane& plane, Mv from, const Mv predictors[2]);

 private:
  static constexpr ptrdiff_t kStride = kMaxCtuSize;

  const int16_t* intermediate(const SearchPlane& plane, Mv mv, int16_t* buffer);
  bool covered(const SearchPlane& plane, Mv mv) const;

  const SearchState& state_;
  PredictionBlock block_;
  const int16_t* fixed_ = nullptr;  // the prediction that stays
  ptrdiff_t stride_ = kStride;  // of intermediates: planes are interpolated for all references or for none
  alignas(64) int16_t own_fixed_[kMaxCtuSize * kStride];
  alignas(64) int16_t other_[kMaxCtuSize * kStride];
  alignas(64) Sample average_[kMaxCtuSize * kStride];
};

}  // namespace inloop::hevc
