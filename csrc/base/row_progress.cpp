// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "base/row_progress.h"

#include <algorithm>
#include <thread>

#include "base/hand_over.h"

namespace inloop {
namespace {

constexpr std::chrono::milliseconds kPatience{1};

}  // namespace

// Either publish() sees what a sleeping thread wants, or that thread sees the new rows, because both accesses
// are sequentially consistent.
void RowProgress::publish(int rows) {
  trace::note(trace::Part::publish, this, rows);
  at_hand_over();
  rows_.store(rows);
  at_hand_over();
  if (rows != kFailed && wanted_.load() > rows) return;
  const std::lock_guard lock(mutex_);
  wanted_.store(kNothing);
  changed_.notify_all();
}

void RowProgress::poll(int rows, std::chrono::microseconds patience) const {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + patience;
  while (!is_settled(rows) && Clock::now() < end) std::this_thread::yield();
}

bool RowProgress::wait_long(int rows, ThreadPool* pool) const {
  poll(rows, kPatience);
  return sleep(rows, pool);
}

bool RowProgress::sleep(int rows, ThreadPool* pool) const {
  at_hand_over();
  if (!is_settled(rows)) {
    if (pool) {
      pool->blocking([&] { sleep_until(rows); });
    } else {
      sleep_until(rows);
    }
  }
  return has(rows);
}

void RowProgress::sleep_until(int rows) const {
  std::unique_lock lock(mutex_);
  for (;;) {
    wanted_.store(std::min(wanted_.load(), rows));
    at_hand_over();
    if (is_settled(rows)) return;
    changed_.wait(lock);
  }
}

}  // namespace inloop
