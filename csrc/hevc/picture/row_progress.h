// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "base/thread_pool.h"

namespace inloop::hevc {

// Tells threads that read a picture how many of its rows the thread that makes them has finished.
class RowProgress {
 public:
  void publish(int rows);
  // There will be no more rows, and those that exist must not be used.
  void fail() { publish(kFailed); }
  void reset() { rows_.store(0, std::memory_order_relaxed); }

  // Returns true once the rows are ready, or false when they never will be. A waiting thread gives up its
  // place in `pool`, if that is not null, so that another task can run.
  bool wait(int rows, ThreadPool* pool) const {
    return rows_.load(std::memory_order_acquire) >= rows || wait_long(rows, pool);
  }

 private:
  static constexpr int kFailed = -1;
  static constexpr int kNothing = 1 << 30;

  bool is_settled(int rows) const {
    const int now = rows_.load(std::memory_order_acquire);
    return now >= rows || now == kFailed;
  }
  bool wait_long(int rows, ThreadPool* pool) const;
  void sleep_until(int rows) const;

  std::atomic<int> rows_{0};
  // The fewest rows that a sleeping thread waits for. It saves publish() the lock, and the thread from waking
  // too early.
  mutable std::atomic<int> wanted_{kNothing};
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
};

}  // namespace inloop::hevc
