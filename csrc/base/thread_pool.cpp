// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "base/thread_pool.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "base/hand_over.h"

namespace inloop {
namespace {

// The pool that the current thread belongs to.
thread_local const ThreadPool* pool_of_thread = nullptr;
thread_local ThreadPlace* place_of_thread = nullptr;

}  // namespace

ThreadPool::ThreadPool(int running, int waiting, int spare) : turns_(running), free_turns_(running) {
  // Where no task waits, a free turn always has a free thread, so parts need no threads of their own.
  const int for_parts = waiting > 0 ? running : 0;
  const int needed = running + waiting + for_parts, wanted = needed + spare;
  threads_.reserve(static_cast<size_t>(wanted));
  try {
    for (int i = 0; i < wanted; ++i) threads_.emplace_back([this] { work(); });
  } catch (const std::exception&) {
    // The pool works with the threads that the system and its memory allow.
  }
  const std::lock_guard lock(mutex_);
  const auto count = static_cast<int>(threads_.size());
  // Tasks that wait may wait for parts, so that they never have all threads. One thread alone does parts only.
  most_started_ = std::clamp(waiting > 0 ? count - 1 : count, 0, running + waiting);
  most_spare_ = std::max(count - needed, 0);
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    call_all_idle();
  }
  for (std::thread& thread : threads_) thread.join();
}

void ThreadPool::submit(std::function<void()> task) { add(tasks_, std::move(task)); }

void ThreadPool::submit_first(std::function<void()> task) { add(parts_, std::move(task)); }

void ThreadPool::submit_last(std::function<void()> part) { add(spare_parts_, std::move(part)); }

void ThreadPool::add(Tasks& queue, std::function<void()> task) {
  at_hand_over();
  const std::lock_guard lock(mutex_);
  queue.push_back(std::move(task));
  if (has_next()) call_idle(false);
}

bool ThreadPool::is_inside() const { return pool_of_thread == this; }

int ThreadPool::helpers() const {
  return std::min(turns_, static_cast<int>(threads_.size())) - (is_inside() ? 1 : 0);
}

bool ThreadPool::has_other_work() const {
  const std::lock_guard lock(mutex_);
  return first_ || may_start_any();
}

std::function<void()> ThreadPool::take_next(int*& started) {
  Tasks& queue = !parts_.empty() ? parts_ : may_start_task() ? tasks_ : spare_parts_;
  started = &queue == &tasks_ ? &started_ : &queue == &spare_parts_ ? &started_spare_ : nullptr;
  std::function<void()> task = std::move(queue.front());
  queue.pop_front();
  --free_turns_;
  if (started) ++*started;
  return task;
}

void ThreadPool::work() {
  ThreadPlace place;
  pool_of_thread = this;
  place_of_thread = &place;
  std::unique_lock lock(mutex_);
  for (;;) {
    if (!has_next()) {
      if (has_ended()) return;
      Sleeper sleeper(this);
      sleeper.next_ = std::exchange(idle_, &sleeper);
      await_turn(lock, sleeper);
      continue;
    }
    int* started = nullptr;
    const std::function<void()> task = take_next(started);
    lock.unlock();
    at_hand_over();
    task();
    at_hand_over();
    lock.lock();
    if (started) --*started;
    if (!give_turn()) ++free_turns_;
    if (ending_) call_all_idle();
  }
}

void ThreadPool::await_turn(std::unique_lock<std::mutex>& lock, Sleeper& sleeper) {
  sleeper.place_ = place_of_thread;
  sleeper.changed_.wait(lock, [&sleeper] { return sleeper.may_go_on_; });
  place_of_thread->leave_free();
}

void ThreadPool::sleep(Sleeper& sleeper) {
  at_hand_over();
  std::unique_lock lock(mutex_);
  if (sleeper.is_woken_) return;
  sleeper.is_asleep_ = true;
  pass_turn_on();
  await_turn(lock, sleeper);
}

void ThreadPool::wake(Sleeper& sleeper) {
  at_hand_over();
  const std::lock_guard lock(mutex_);
  sleeper.is_woken_ = true;
  if (!sleeper.is_asleep_) return;
  if (free_turns_ > 0) {
    --free_turns_;
    sleeper.go_on(false);
  } else {
    (first_ ? last_->next_ : first_) = &sleeper;
    last_ = &sleeper;
  }
}

void ThreadPool::pass_turn_on() {
  if (give_turn()) return;
  ++free_turns_;
  if (may_start_any()) call_idle(true);
}

bool ThreadPool::give_turn() {
  Sleeper* const sleeper = first_;
  if (!sleeper) return false;
  first_ = sleeper->next_;
  sleeper->go_on(true);
  return true;
}

void ThreadPool::call_idle(bool here) {
  Sleeper* const sleeper = idle_;
  if (!sleeper) return;
  idle_ = sleeper->next_;
  sleeper->go_on(here);
}

void ThreadPool::call_all_idle() {
  while (idle_) call_idle(false);
}

void Sleeper::go_on(bool here) {
  if (here && place_) place_->take_over_core();
  may_go_on_ = true;
  changed_.notify_one();
}

void Sleeper::sleep() {
  if (pool_) return pool_->sleep(*this);
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return may_go_on_; });
}

void Sleeper::wake() {
  if (pool_) return pool_->wake(*this);
  const std::lock_guard lock(mutex_);
  go_on(false);
}

}  // namespace inloop
