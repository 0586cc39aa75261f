// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "base/thread_pool.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace inloop {
namespace {

// The pool whose thread this is.
thread_local const ThreadPool* pool_of_thread = nullptr;

}  // namespace

ThreadPool::ThreadPool(int running, int waiting) : turns_(running), free_turns_(running) {
  threads_.reserve(static_cast<size_t>(running + waiting));
  try {
    for (int i = 0; i < running + waiting; ++i) threads_.emplace_back([this] { work(); });
  } catch (const std::system_error&) {
    // Those that there are will do.
  }
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
  may_start_.notify_one();
}

void ThreadPool::submit_first(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_front(std::move(task));
  }
  may_start_.notify_one();
}

bool ThreadPool::is_inside() const { return pool_of_thread == this; }

int ThreadPool::helpers() const {
  return std::min(turns_, static_cast<int>(threads_.size())) - (is_inside() ? 1 : 0);
}

void ThreadPool::work() {
  pool_of_thread = this;
  std::unique_lock lock(mutex_);
  for (;;) {
    may_start_.wait(
        lock, [this] { return (!tasks_.empty() && free_turns_ > resuming_) || (ending_ && tasks_.empty()); });
    if (tasks_.empty()) return;
    const std::function<void()> task = std::move(tasks_.front());
    tasks_.pop_front();
    --free_turns_;
    lock.unlock();
    task();
    lock.lock();
    ++free_turns_;
    // Whoever may go on now: a paused task first, else this thread itself looks for the next one.
    if (resuming_ > 0) may_resume_.notify_one();
    if (ending_) may_start_.notify_all();
  }
}

void ThreadPool::pause() {
  {
    const std::lock_guard lock(mutex_);
    ++free_turns_;
    if (resuming_ > 0) may_resume_.notify_one();
  }
  may_start_.notify_one();
}

void ThreadPool::resume() {
  std::unique_lock lock(mutex_);
  ++resuming_;
  may_resume_.wait(lock, [this] { return free_turns_ > 0; });
  --resuming_;
  --free_turns_;
}

}  // namespace inloop
