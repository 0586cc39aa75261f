// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "hevc/loopfilter/block_stage.h"
#include "nnlf/trial/trial_filter.h"

namespace inloop::hybrid {

// The second stage of the filter as a stage of the encoder: it filters the blocks of a picture whose parameters are
// decided, so that rows are final, and other pictures can go on, before all of them are.
class TrialStage final : public hevc::BlockStage {
 public:
  // `filter` has begun on the deblocked picture.
  explicit TrialStage(nnlf::TrialFilter& filter) : filter_(filter) {}

  hevc::Reach reach() const override { return {nnlf::kContext, nnlf::kContext, filter_.grid().block_size()}; }
  int begin_rows(int y, int end_y) override { return filter_.grid().in_rows(y, end_y).end; }
  IndexWork make_worker() override { return filter_.make_worker(); }
  Status end_rows(int y, int end_y) override {
    filter_.end_rows(y, end_y);
    return {};
  }

 private:
  nnlf::TrialFilter& filter_;
};

}  // namespace inloop::hybrid
