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
  most_started_ = std::min(running + waiting, count);
  most_spare_ = std::max(count - needed, 0);
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  may_start_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ThreadPool::submit(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  at_hand_over();
  may_start_.notify_one();
}

void ThreadPool::submit_first(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    parts_.push_back(std::move(task));
  }
  at_hand_over();
  may_start_.notify_one();
}

void ThreadPool::submit_last(std::function<void()> part) {
  {
    const std::lock_guard lock(mutex_);
    spare_parts_.push_back(std::move(part));
  }
  at_hand_over();
  may_start_.notify_one();
}

bool ThreadPool::is_inside() const { return pool_of_thread == this; }

int ThreadPool::helpers() const {
  return std::min(turns_, static_cast<int>(threads_.size())) - (is_inside() ? 1 : 0);
}

bool ThreadPool::has_other_work() const {
  const std::lock_guard lock(mutex_);
  return resuming_ > 0 || may_start_any();
}

std::function<void()> ThreadPool::take_next(int*& started) {
  auto& queue = !parts_.empty() ? parts_ : may_start_task() ? tasks_ : spare_parts_;
  started = &queue == &tasks_ ? &started_ : &queue == &spare_parts_ ? &started_spare_ : nullptr;
  std::function<void()> task = std::move(queue.front());
  queue.pop_front();
  --free_turns_;
  if (started) ++*started;
  return task;
}

void ThreadPool::work() {
  pool_of_thread = this;
  std::unique_lock lock(mutex_);
  for (;;) {
    const auto ended = [this] { return ending_ && tasks_.empty() && parts_.empty() && spare_parts_.empty(); };
    may_start_.wait(lock, [&] { return has_next() || ended(); });
    if (!has_next()) return;
    int* started = nullptr;
    const std::function<void()> task = take_next(started);
    lock.unlock();
    at_hand_over();
    task();
    at_hand_over();
    lock.lock();
    ++free_turns_;
    if (started) --*started;
    // A paused task goes on first; if there is none, this thread itself takes the next task.
    if (resuming_ > 0) may_resume_.notify_one();
    if (ending_) may_start_.notify_all();
  }
}

void ThreadPool::pause() {
  at_hand_over();
  {
    const std::lock_guard lock(mutex_);
    ++free_turns_;
    if (resuming_ > 0) may_resume_.notify_one();
  }
  may_start_.notify_one();
}

void ThreadPool::resume() {
  at_hand_over();
  std::unique_lock lock(mutex_);
  ++resuming_;
  may_resume_.wait(lock, [this] { return free_turns_ > 0; });
  --resuming_;
  --free_turns_;
}

}  // namespace inloop
