// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/loopfilter/executors.h"

#include <utility>

#include "base/trace.h"

namespace inloop::hevc {

Status run_whole(const LoopStages& stages, int height) {
  for (LoopStage* stage : stages) INLOOP_RETURN_IF_ERROR(stage->run(0, height));
  return {};
}

RowExecutor::RowExecutor(LoopStages stages, int height)
    : stages_(std::move(stages)), height_(height), made_(stages_.size() + 1) {}

int RowExecutor::reachable(const LoopStage& stage, int input_rows) const {
  if (input_rows >= height_) return height_;
  const Reach reach = stage.reach();
  const int rows = input_rows - reach.below;
  return rows > 0 ? rows / reach.step * reach.step : 0;
}

Status RowExecutor::advance(int input_rows) {
  made_[0] = input_rows;
  for (size_t i = 0; i < stages_.size(); ++i) {
    const int end = reachable(*stages_[i], made_[i]);
    const int begin = made_[i + 1];
    if (end <= begin) return {};
    const trace::Span span(trace::Part::stage, static_cast<int>(i));
    INLOOP_RETURN_IF_ERROR(stages_[i]->run(begin, end));
    made_[i + 1] = end;
  }
  return {};
}

}  // namespace inloop::hevc
