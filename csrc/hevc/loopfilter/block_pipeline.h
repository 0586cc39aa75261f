// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <functional>
#include <memory>

#include "base/status.h"
#include "base/thread_pool.h"
#include "hevc/loopfilter/block_stage.h"

namespace inloop::hevc {

// Runs a BlockStage beside the thread that decodes its picture. That thread hands over rows as they are deblocked
// and goes on; threads of the pool that have nothing else to do make the blocks, those of the next rows before the
// last of a row is done, so that none of them waits at the end of a row.
class BlockPipeline {
 public:
  // Called when the first `rows` luma rows have left the stage, one call at a time and in any thread.
  using RowsMade = std::function<Status(int rows)>;

  // height: of the picture, in luma rows. pool: null where the calling thread makes the blocks itself.
  BlockPipeline(BlockStage& stage, int height, ThreadPool* pool, RowsMade rows_made);
  // Gives up the blocks that nobody has begun and waits for the others.
  ~BlockPipeline();
  BlockPipeline(const BlockPipeline&) = delete;
  BlockPipeline& operator=(const BlockPipeline&) = delete;

  // The input has this many rows by now. It returns at once unless the calling thread makes the blocks.
  void advance(int input_rows);

  // Makes blocks until none is left and waits for those of other threads. Returns the error of the highest row
  // that failed, after which no rows were made; throws what the work threw (no memory).
  Status finish();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// Makes all blocks of a picture that is there.
Status run_blocks(BlockStage& stage, int height, ThreadPool* pool);

}  // namespace inloop::hevc
