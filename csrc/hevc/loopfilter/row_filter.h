// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "base/status.h"
#include "hevc/loopfilter/executors.h"
#include "hevc/picture/picture.h"

namespace inloop::hevc {

// The in-loop filters of a picture that is being decoded, as close behind its CTUs as their reach allows.
// Publishes the rows of the picture, those that are coded and those that are final.
class RowFilter {
 public:
  RowFilter(Picture& picture, LoopStages stages);

  // A CTU in this row of CTBs is decoded; CTUs come in any order (tiles).
  void ctu_decoded(int ctb_y) {
    if (++decoded_[static_cast<size_t>(ctb_y)] == columns_) advance();
  }

  // The error of a stage, after which no more rows become final. The picture may have another one that comes
  // before it, in the data of its slices.
  const Status& status() const { return status_; }

 private:
  void advance();

  Picture& picture_;
  RowExecutor executor_;
  int columns_;
  std::vector<int> decoded_;  // CTUs of a row of CTBs
  int next_ctb_y_ = 0;        // rows of CTBs before it are complete
  Status status_;
};

}  // namespace inloop::hevc
