// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "hevc/loopfilter/loop_stage.h"

namespace inloop::hevc {

// The obvious executor: each stage makes the whole picture before the next one begins. The error is that of
// the first stage that fails.
Status run_whole(const LoopStages& stages, int height);

// The executor that follows a picture in the making: each stage is as close behind the one before it as its
// reach allows, so that rows are finished early and while they are warm in the cache. The rows that come out
// are those of run_whole().
class RowExecutor {
 public:
  // height: of the picture, in luma rows.
  RowExecutor(LoopStages stages, int height);

  // The input has this many rows by now.
  Status advance(int input_rows);

  // Rows that have left the last stage.
  int finished_rows() const { return made_.back(); }

 private:
  // How many rows a stage can make.
  int reachable(const LoopStage& stage, int input_rows) const;

  LoopStages stages_;
  int height_;
  std::vector<int> made_;  // rows of the input, then of each stage
};

}  // namespace inloop::hevc
