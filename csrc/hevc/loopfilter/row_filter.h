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

// Runs the in-loop filters of a picture that is being decoded, as close behind its CTUs as their reach
// allows, and publishes the rows of the picture that are decoded and those that are final. A stage of blocks, if
// there is one, and the stages behind it run beside the thread that decodes.
class RowFilter {
 public:
  struct Stages {
    LoopStages before;             // those before the stage of blocks, or all stages where there is none
    BlockStage* blocks = nullptr;  // may be null
    LoopStages after;
    // It sees the rows once other pictures may use them, and changes nothing; may be null.
    LoopStage* following = nullptr;
  };

  // The threads of `pool`, which may be null, make the blocks.
  RowFilter(Picture& picture, Stages stages, ThreadPool* pool);

  // Records that a CTU in this row of CTBs is decoded. With tiles, CTUs of several rows alternate.
  void ctu_decoded(int ctb_y) {
    if (++decoded_[static_cast<size_t>(ctb_y)] == columns_) advance();
  }

  // Waits until all rows are final, once all CTUs are decoded. Returns the error of a stage, after which no more
  // rows became final. The slice data of the picture may contain another error, which then comes first.
  Status finish();

 private:
  void advance();
  Status release(int rows);

  Picture& picture_;
  RowExecutor before_, after_, following_;
  int columns_;
  std::vector<int> decoded_;  // decoded CTUs in each row of CTBs
  int next_ctb_y_ = 0;        // rows of CTBs before this one are complete
  Status status_;
  std::optional<BlockPipeline> blocks_;  // declared last, because its threads use the other members
};

}  // namespace inloop::hevc
