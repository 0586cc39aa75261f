// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/loopfilter/block_pipeline.h"

#include <algorithm>
#include <cstddef>
#include <exception>
#include <mutex>
#include <utility>
#include <vector>

#include "base/hand_over.h"
#include "base/helper_calls.h"

namespace inloop::hevc {

// What the threads share. A thread of the pool that starts after the picture is complete finds it closed and
// does not touch the stage, which may be gone.
struct BlockPipeline::State : std::enable_shared_from_this<State> {
  State(BlockStage& stage_, int height_, ThreadPool* pool_, RowsMade rows_made_)
      : stage(stage_), height(height_), pool(pool_), rows_made(std::move(rows_made_)) {}

  struct Rows {
    int y, end_y;
    int end;   // number of blocks down to end_y
    int left;  // number of blocks of these rows that are not made
    bool failed = false;
  };

  BlockStage& stage;
  const int height;
  ThreadPool* const pool;
  const RowsMade rows_made;

  std::mutex mutex;
  Sleeper* waiting = nullptr;  // until no thread is at work for the picture
  std::vector<Rows> rows;      // handed over so far, from the top
  size_t delivered = 0;        // number of rows that were passed on
  bool delivering = false;
  int next = 0, ready = 0;  // number of blocks that were begun, and that may be begun
  int inside = 0;           // number of threads that hold a worker
  int helpers = 0;          // number of threads that were called and have not left
  bool closed = false;      // no further block is begun
  Status status;
  std::exception_ptr thrown;

  int reachable(int input_rows) const {
    const Reach reach = stage.reach();
    return input_rows >= height ? height : std::max(input_rows - reach.below, 0) / reach.step * reach.step;
  }

  void hand_over(int input_rows) {
    std::unique_lock lock(mutex);
    int y = rows.empty() ? 0 : rows.back().end_y;
    for (const int end_of_input = reachable(input_rows); y < end_of_input && !closed;) {
      const int end_y = std::min(y + stage.reach().step, height);
      const int end = stage.begin_rows(y, end_y);
      rows.push_back({y, end_y, end, end - ready});
      ready = end;
      y = end_y;
    }
    deliver(lock);
  }

  // Calls threads of the pool for the blocks that are ready, without waiting for them.
  void call_for_help() {
    if (!pool || pool->size() == 0) return take_part(false);
    int wanted = 0;
    {
      const std::lock_guard lock(mutex);
      // One more thread is called than can help now, because this thread may come to wait for another
      // picture, which gives a helper its turn.
      wanted = std::max(std::min(pool->helpers() + 1, ready - next) - helpers, 0);
      helpers += wanted;
    }
    if (wanted == 0) return;
    const int called = call_helpers(*pool, wanted, [state = shared_from_this()] { state->take_part(true); });
    if (called == wanted) return;
    const std::lock_guard lock(mutex);
    helpers -= wanted - called;
  }

  // Makes blocks as long as any are ready.
  void take_part(bool as_helper) {
    std::unique_lock lock(mutex);
    if (!closed && next < ready) {
      ++inside;
      IndexWork work;
      while (!closed && next < ready) make_block(lock, work);
      if (as_helper) --helpers;  // blocks that become ready from here on need another helper
      lock.unlock();
      work = nullptr;
      lock.lock();
      --inside;
      wake_if_idle();
    } else if (as_helper) {
      --helpers;
    }
  }

  void make_block(std::unique_lock<std::mutex>& lock, IndexWork& work) {
    const int index = next++;
    lock.unlock();
    at_hand_over();
    Status result;
    std::exception_ptr exception;
    try {
      if (!work) work = stage.make_worker();
      result = work(index);
    } catch (...) {  // an exception must not end the thread
      exception = std::current_exception();
    }
    at_hand_over();
    lock.lock();
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const Rows& r) { return index < r.end; });
    if (exception) thrown = std::move(exception);
    if (!result.ok()) fail(static_cast<size_t>(row - rows.begin()), std::move(result));
    if (thrown) closed = true;
    --row->left;
    deliver(lock);
  }

  // Records an error. That of the highest row counts, whatever thread meets one first.
  void fail(size_t row, Status error) {
    const bool higher = std::none_of(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(row) + 1,
                                     [](const Rows& r) { return r.failed; });
    if (higher) status = std::move(error);
    rows[row].failed = true;
  }

  bool has_rows_to_deliver() const {
    return delivered < rows.size() && rows[delivered].left == 0 && !rows[delivered].failed && !thrown;
  }

  // Passes complete rows on, unless another thread is doing so, which will then see them.
  void deliver(std::unique_lock<std::mutex>& lock) {
    if (delivering) return;
    delivering = true;
    while (has_rows_to_deliver()) {
      const Rows made = rows[delivered];
      lock.unlock();
      at_hand_over();
      Status result;
      std::exception_ptr exception;
      try {
        result = stage.end_rows(made.y, made.end_y);
        if (result.ok()) result = rows_made(made.end_y);
      } catch (...) {
        exception = std::current_exception();
      }
      lock.lock();
      if (exception) thrown = std::move(exception);
      if (result.ok())
        ++delivered;
      else
        fail(delivered, std::move(result));
    }
    delivering = false;
    wake_if_idle();
  }

  bool is_idle() const { return inside == 0 && !delivering; }

  void wake_if_idle() {
    if (waiting && is_idle()) std::exchange(waiting, nullptr)->wake();
  }

  // Waits until no thread is at work for the picture.
  void wait_until_idle() {
    Sleeper sleeper(pool);
    {
      const std::lock_guard lock(mutex);
      if (is_idle()) return;
      waiting = &sleeper;
    }
    sleeper.sleep();
  }
};

BlockPipeline::BlockPipeline(BlockStage& stage, int height, ThreadPool* pool, RowsMade rows_made)
    : state_(std::make_shared<State>(stage, height, pool, std::move(rows_made))) {}

BlockPipeline::~BlockPipeline() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->closed = true;
  }
  state_->wait_until_idle();
}

void BlockPipeline::advance(int input_rows) {
  state_->hand_over(input_rows);
  state_->call_for_help();
}

Status BlockPipeline::finish() {
  state_->take_part(false);
  state_->wait_until_idle();
  if (state_->thrown) std::rethrow_exception(state_->thrown);
  return state_->status;
}

Status run_blocks(BlockStage& stage, int height, ThreadPool* pool) {
  BlockPipeline pipeline(stage, height, pool, [](int) { return Status(); });
  pipeline.advance(height);
  return pipeline.finish();
}

}  // namespace inloop::hevc
