// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "base/row_progress.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/hand_over.h"

namespace inloop {
namespace {

constexpr std::chrono::microseconds kPatience{20};
constexpr int kMostPolls = 50;

}  // namespace

// Either publish() sees what a sleeping thread wants, or that thread sees the new rows, because both accesses
// are sequentially consistent.
void RowProgress::publish(int rows) {
  trace::note(trace::Part::publish, this, rows);
  at_hand_over();
  rows_.store(rows);
  at_hand_over();
  if (rows == kFailed || wanted_.load() <= rows) wake_settled();
}

void RowProgress::wake_settled() const {
  const std::lock_guard lock(mutex_);
  int wanted = kNothing;
  for (Waiter** place = &waiters_; *place;) {
    Waiter& waiter = **place;
    if (is_settled(waiter.rows)) {
      *place = waiter.next;
      waiter.sleeper.wake();
    } else {
      wanted = std::min(wanted, waiter.rows);
      place = &waiter.next;
    }
  }
  wanted_.store(wanted);
}

void RowProgress::poll(int rows, const ThreadPool* pool) const {
  using Clock = std::chrono::steady_clock;
  for (int i = 0; i < kMostPolls && !is_settled(rows) && !(pool && pool->has_other_work()); ++i) {
    for (const auto end = Clock::now() + kPatience; !is_settled(rows) && Clock::now() < end;)
      std::this_thread::yield();
  }
}

bool RowProgress::wait_long(int rows, ThreadPool* pool) const {
  poll(rows, pool);
  return sleep(rows, pool);
}

bool RowProgress::sleep(int rows, ThreadPool* pool) const {
  at_hand_over();
  if (is_settled(rows)) return has(rows);
  Waiter waiter{rows, Sleeper(pool)};
  {
    const std::lock_guard lock(mutex_);
    waiter.next = waiters_;
    waiters_ = &waiter;
    wanted_.store(std::min(wanted_.load(), rows));
  }
  at_hand_over();
  if (is_settled(rows)) wake_settled();  // Who published them may not have seen the waiter.
  waiter.sleeper.sleep();
  const std::lock_guard lock(mutex_);  // Who woke this thread may still be in the list.
  return has(rows);
}

}  // namespace inloop
