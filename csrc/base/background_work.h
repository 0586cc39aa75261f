// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "base/status.h"
#include "base/thread_pool.h"

namespace inloop {

// Counts pieces of work that have ended, for a caller who waits for whichever ends first.
class WorkEnds {
 public:
  int64_t count() const;
  // Waits until more than `seen` have ended, but not longer than the time given; returns whether that is so.
  bool wait_for(int64_t seen, std::chrono::milliseconds time) const;
  // Any thread may call this.
  void add();

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable added_;
  int64_t count_ = 0;
};

// Runs one piece of work at a time in a thread pool and keeps its result for the caller. All functions are for
// one thread, that of the caller.
class BackgroundWork {
 public:
  // How a piece of work stands to others in the pool.
  enum class Turn {
    in_order,  // It starts after all that was submitted before, and may wait for work that started earlier.
    first,     // It starts as soon as a thread is free, and waits for parts of its own only.
  };

  // `ends`, which may be null, counts the work that ends.
  explicit BackgroundWork(std::shared_ptr<WorkEnds> ends = nullptr) : ends_(std::move(ends)) {}
  ~BackgroundWork() { join(); }
  BackgroundWork(const BackgroundWork&) = delete;
  BackgroundWork& operator=(const BackgroundWork&) = delete;

  // Starts the work, after the one before has ended. Without threads in `pool`, or with null, it is done at once.
  void start(ThreadPool* pool, Turn turn, std::function<Status()> work);

  // Returns whether nothing is running.
  bool is_done() const;

  // Waits for the end of the work, but not longer than the time given; returns is_done().
  bool wait_for(std::chrono::milliseconds time) const;

  // Waits for the end of the work.
  void join() const;

  // Waits, returns the status of the last work, once, and throws what it threw (no memory).
  Status take();

 private:
  void run(const std::function<Status()>& work);

  mutable std::mutex mutex_;
  mutable std::condition_variable ended_;
  bool running_ = false;
  Status status_;
  std::exception_ptr thrown_;
  const std::shared_ptr<WorkEnds> ends_;
};

}  // namespace inloop
