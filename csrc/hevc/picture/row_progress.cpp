// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/picture/row_progress.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace inloop::hevc {
namespace {

// How long a thread polls before it goes to sleep. Rows of small pictures follow each other faster than a
// thread wakes up, above all on virtual machines. Other threads may use the core meanwhile.
constexpr std::chrono::milliseconds kPatience{1};

}  // namespace

// Either publish() sees what a sleeping thread wants, or that thread sees the new rows, because both accesses
// are sequentially consistent.
void RowProgress::publish(int rows) {
  rows_.store(rows);
  if (rows != kFailed && wanted_.load() > rows) return;
  const std::lock_guard lock(mutex_);
  wanted_.store(kNothing);
  changed_.notify_all();
}

bool RowProgress::wait_long(int rows, ThreadPool* pool) const {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + kPatience;
  while (!is_settled(rows) && Clock::now() < end) std::this_thread::yield();
  if (!is_settled(rows)) {
    if (pool) {
      pool->blocking([&] { sleep_until(rows); });
    } else {
      sleep_until(rows);
    }
  }
  return rows_.load(std::memory_order_acquire) >= rows;
}

void RowProgress::sleep_until(int rows) const {
  std::unique_lock lock(mutex_);
  for (;;) {
    wanted_.store(std::min(wanted_.load(), rows));
    const int now = rows_.load();
    if (now >= rows || now == kFailed) return;
    changed_.wait(lock);
  }
}

}  // namespace inloop::hevc
