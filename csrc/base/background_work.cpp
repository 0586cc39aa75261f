// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "base/background_work.h"

#include <new>
#include <utility>

#include "base/hand_over.h"

namespace inloop {

int64_t WorkEnds::count() const {
  const std::lock_guard lock(mutex_);
  return count_;
}

bool WorkEnds::wait_for(int64_t seen, std::chrono::milliseconds time) const {
  std::unique_lock lock(mutex_);
  return added_.wait_for(lock, time, [&] { return count_ > seen; });
}

void WorkEnds::add() {
  const std::lock_guard lock(mutex_);
  ++count_;
  added_.notify_all();
}

void BackgroundWork::start(ThreadPool* pool, Turn turn, std::function<Status()> work) {
  join();
  const bool is_alone = !pool || pool->size() == 0;
  std::function<void()> task;
  if (!is_alone) task = [this, work = std::move(work)] { run(work); };
  running_ = true;
  if (is_alone) return run(work);
  try {
    turn == Turn::first ? pool->submit_first(std::move(task)) : pool->submit(std::move(task));
  } catch (const std::bad_alloc&) {
    running_ = false;
    throw;
  }
}

void BackgroundWork::run(const std::function<Status()>& work) {
  Status status;
  std::exception_ptr thrown;
  try {
    status = work();
  } catch (...) {  // It must not end the thread.
    thrown = std::current_exception();
  }
  at_hand_over();
  const std::shared_ptr<WorkEnds> ends = ends_;
  {
    // The lock is held over the notification, as the waiting thread may destroy this object right after it.
    const std::lock_guard lock(mutex_);
    status_ = std::move(status);
    thrown_ = std::move(thrown);
    running_ = false;
    ended_.notify_all();
  }
  if (ends) ends->add();
}

bool BackgroundWork::is_done() const {
  const std::lock_guard lock(mutex_);
  return !running_;
}

bool BackgroundWork::wait_for(std::chrono::milliseconds time) const {
  std::unique_lock lock(mutex_);
  return ended_.wait_for(lock, time, [this] { return !running_; });
}

void BackgroundWork::join() const {
  std::unique_lock lock(mutex_);
  ended_.wait(lock, [this] { return !running_; });
}

Status BackgroundWork::take() {
  join();
  if (auto thrown = std::exchange(thrown_, nullptr)) std::rethrow_exception(thrown);
  return std::exchange(status_, Status());
}

}  // namespace inloop
