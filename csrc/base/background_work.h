// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>

#include "base/status.h"
#include "base/thread_pool.h"

namespace inloop {

// Runs one piece of work at a time in a thread pool and keeps its result for the caller. All functions are for
// one thread, that of the caller.
class BackgroundWork {
 public:
  // How a piece of work stands to others in the pool.
  enum class Turn {
    in_order,  // It starts after all that was submitted before, and may wait for work that started earlier.
    first,     // It starts as soon as a thread is free, and waits for nothing.
  };

  BackgroundWork() = default;
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
};

}  // namespace inloop
