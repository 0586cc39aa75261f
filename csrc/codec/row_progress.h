// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <atomic>

#include "base/thread_pool.h"

namespace inloop::codec {

// How many rows of a picture are ready, told by the thread that makes them to threads that read them.
class RowProgress {
 public:
  void publish(int rows) {
    rows_.store(rows, std::memory_order_release);
    rows_.notify_all();
  }
  // There will be no more rows, and those there are must not be used.
  void fail() { publish(kFailed); }
  void reset() { rows_.store(0, std::memory_order_relaxed); }

  bool ready(int rows) const { return rows_.load(std::memory_order_acquire) >= rows; }

  // Returns once the rows are ready, or false when they never will be. pool: whose turn is given up
  // meanwhile.
  bool wait(int rows, ThreadPool* pool) const {
    if (ready(rows)) return true;
    const auto wait_for_change = [&] {
      for (int now; (now = rows_.load(std::memory_order_acquire)) < rows && now != kFailed;) {
        rows_.wait(now, std::memory_order_acquire);
      }
    };
    if (rows_.load(std::memory_order_acquire) == kFailed) return false;
    if (pool) {
      pool->blocking(wait_for_change);
    } else {
      wait_for_change();
    }
    return ready(rows);
  }

 private:
  static constexpr int kFailed = -1;
  std::atomic<int> rows_{0};
};

}  // namespace inloop::codec
