// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <atomic>
#include <mutex>

#include "base/thread_pool.h"
#include "base/trace.h"

namespace inloop {

// Tells threads that read a picture how many of its rows the thread that makes them has finished.
class RowProgress {
 public:
  void publish(int rows);
  // There will be no more rows, and those that exist must not be used.
  void fail() { publish(kFailed); }
  void reset() { rows_.store(0, std::memory_order_relaxed); }

  // Returns whether the rows are ready.
  bool has(int rows) const { return rows_.load(std::memory_order_acquire) >= rows; }
  // Returns whether the rows are ready or never will be.
  bool is_settled(int rows) const {
    const int now = rows_.load();
    return now >= rows || now == kFailed;
  }

  // Returns true once the rows are ready, or false when they never will be. A waiting thread polls for a while,
  // because rows of small pictures follow each other faster than a thread wakes up, unless `pool` has other work for the
  // core, and then sleeps.
  bool wait(int rows, ThreadPool* pool) const {
    trace::note(trace::Part::need, this, rows);
    return has(rows) || wait_long(rows, pool);
  }
  // Does the same without polling. A sleeping thread gives up its place in `pool`, if that is not null, so that
  // another task can run.
  bool sleep(int rows, ThreadPool* pool) const;
  // Polls until the rows are settled, but no longer than about a millisecond, and only while `pool` (which may be null) has
  // no other work for the core. Other threads may use the core meanwhile.
  void poll(int rows, const ThreadPool* pool) const;

 private:
  static constexpr int kFailed = -1;
  static constexpr int kNothing = 1 << 30;

  // One who sleeps, in the list of all of them.
  struct Waiter {
    const int rows;
    Sleeper sleeper;
    Waiter* next = nullptr;
  };

  bool wait_long(int rows, ThreadPool* pool) const;
  void wake_settled() const;

  std::atomic<int> rows_{0};
  // The fewest rows that a sleeping thread waits for: it saves publish() the lock.
  mutable std::atomic<int> wanted_{kNothing};
  mutable std::mutex mutex_;
  mutable Waiter* waiters_ = nullptr;
};

}  // namespace inloop
