// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "base/shared_loop.h"
#include "base/status.h"
#include "hevc/loopfilter/loop_stage.h"

namespace inloop::hevc {

// A stage whose rows consist of blocks that do not depend on each other, so that any threads can make them in
// any order while the rows below are still being decoded.
class BlockStage {
 public:
  virtual ~BlockStage() = default;

  // Returns what a row of blocks reads. Its step is the height of a block.
  virtual Reach reach() const = 0;

  // Says that the input of the next luma rows, y to end_y (not included), is there. Blocks are numbered from
  // 0, row by row from the top. Returns the number of blocks down to end_y. The thread that decodes calls it
  // from the top to the bottom, and no block of these rows is made before it has returned.
  virtual int begin_rows(int y, int end_y) = 0;

  // Makes what a thread calls to make blocks, each by its number, in memory of that thread alone.
  virtual IndexWork make_worker() = 0;

  // Takes note that all blocks of these rows are made. The calls come one at a time, from the top to the
  // bottom, in any thread.
  virtual Status end_rows(int y, int end_y) = 0;
};

}  // namespace inloop::hevc
