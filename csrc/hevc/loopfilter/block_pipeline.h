// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <functional>
#include <memory>

#include "base/status.h"
#include "base/thread_pool.h"
#include "hevc/loopfilter/block_stage.h"

namespace inloop::hevc {

// Runs a BlockStage beside the thread that decodes its picture. That thread hands over rows when they are
// deblocked and goes on. Threads of the pool that have nothing else to do make the blocks. They begin blocks
// of the next rows before the last block of a row is done, so that none of them waits at the end of a row.
class BlockPipeline {
 public:
  // Called when the first `rows` luma rows have left the stage, with one call at a time and in any thread.
  using RowsMade = std::function<Status(int rows)>;

  // `height` is that of the picture, in luma rows. Where `pool` is null, the calling thread makes the blocks
  // itself.
  BlockPipeline(BlockStage& stage, int height, ThreadPool* pool, RowsMade rows_made);
  // Gives up the blocks that no thread has begun and waits for the others.
  ~BlockPipeline();
  BlockPipeline(const BlockPipeline&) = delete;
  BlockPipeline& operator=(const BlockPipeline&) = delete;

  // Says that the input has this many rows by now. Returns at once unless the calling thread makes the
  // blocks.
  void advance(int input_rows);

  // Makes blocks until none is left and waits for those of other threads. Returns the error of the highest
  // row that failed, after which no rows were made. Throws what the work threw (out of memory).
  Status finish();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// Makes all blocks of a picture whose input is complete.
Status run_blocks(BlockStage& stage, int height, ThreadPool* pool);

}  // namespace inloop::hevc
