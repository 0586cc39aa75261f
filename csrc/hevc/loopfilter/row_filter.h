// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <vector>

#include "base/status.h"
#include "hevc/loopfilter/block_pipeline.h"
#include "hevc/loopfilter/executors.h"
#include "hevc/picture/picture.h"

namespace inloop::hevc {

// The in-loop filters of a picture that is being decoded, as close behind its CTUs as their reach allows.
// Publishes the rows of the picture, those that are coded and those that are final. A stage of blocks, where there
// is one, and what comes behind it run beside the thread that decodes.
class RowFilter {
 public:
  struct Stages {
    LoopStages before;             // the stage of blocks, or all stages
    BlockStage* blocks = nullptr;  // null: none
    LoopStages after;
  };

  // pool: whose threads make blocks, null: none.
  RowFilter(Picture& picture, Stages stages, ThreadPool* pool);

  // A CTU in this row of CTBs is decoded; CTUs come in any order (tiles).
  void ctu_decoded(int ctb_y) {
    if (++decoded_[static_cast<size_t>(ctb_y)] == columns_) advance();
  }

  // Once all CTUs are decoded: waits until all rows are final. Returns the error of a stage, after which no more rows
  // became final.
  Status finish();

 private:
  void advance();

  Picture& picture_;
  RowExecutor before_, after_;
  int columns_;
  std::vector<int> decoded_;  // CTUs of a row of CTBs
  int next_ctb_y_ = 0;        // rows of CTBs before it are complete
  Status status_;
  std::optional<BlockPipeline> blocks_;  // last, because its threads use the others
};

}  // namespace inloop::hevc
