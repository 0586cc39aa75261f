// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "hevc/loopfilter/loop_stage.h"

namespace inloop::hevc {

// The simple executor: each stage processes the whole picture before the next one begins. Returns the error
// of the first stage that fails.
Status run_whole(const LoopStages& stages, int height);

// The executor that follows a picture while it is decoded. Each stage is as close behind the previous one as
// its reach allows, so that rows are finished early and while they are in the cache. The result equals that
// of run_whole().
class RowExecutor {
 public:
  // height is that of the picture, in luma rows.
  RowExecutor(LoopStages stages, int height);

  // Processes what the first input_rows rows of the input allow.
  Status advance(int input_rows);

  // Returns the number of rows that have left the last stage.
  int finished_rows() const { return made_.back(); }

 private:
  // Returns the number of rows that a stage can make.
  int reachable(const LoopStage& stage, int input_rows) const;

  LoopStages stages_;
  int height_;
  std::vector<int> made_;  // rows made of the input, then of each stage
};

}  // namespace inloop::hevc
