// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "base/shared_loop.h"
#include "base/status.h"
#include "hevc/loopfilter/loop_stage.h"

namespace inloop::hevc {

// A stage whose rows consist of blocks that do not need each other, so that any threads can make them in any
// order while the rows below are still being decoded.
class BlockStage {
 public:
  virtual ~BlockStage() = default;

  // What a row of blocks reads; its step is the height of a block.
  virtual Reach reach() const = 0;

  // The input of the next luma rows, y to end_y (not included), is there. Blocks are numbered from 0, row by row from
  // the top; returns how many there are down to end_y. It is called from the top to the bottom by the thread that
  // decodes, and all that it prepares is there before a block of these rows is made.
  virtual int begin_rows(int y, int end_y) = 0;

  // Gives a thread what makes blocks, each by its number, in memory of that thread alone.
  virtual IndexWork make_worker() = 0;

  // All blocks of these rows are made. The calls come one at a time, from the top to the bottom, in any thread.
  virtual Status end_rows(int y, int end_y) = 0;
};

}  // namespace inloop::hevc
