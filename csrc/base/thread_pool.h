// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace inloop {

// Threads that run tasks in the order in which they were submitted. `running` tasks proceed at a time;
// `waiting` more may have started and stand still inside blocking(), so that a task which waits for an
// earlier one does not leave a core idle. Since a task starts only after all earlier ones have started, tasks
// may wait for earlier tasks (never for later ones) whatever the number of threads. Parts of a running task
// (submit_first()) have `running` threads of their own, so that tasks which wait do not keep them from starting.
//
// A pool belongs to whoever the user asked for threads (a decoder, an encoder, a filter), which hands a
// pointer down to everything that can share its work (shared_loop.h). Nothing below starts threads of its own.
class ThreadPool {
 public:
  // Has fewer threads, perhaps none, where the system does not allow more.
  explicit ThreadPool(int running, int waiting = 0);
  // Runs what was submitted, then ends the threads.
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  // Tasks that may have started at a time.
  size_t size() const { return static_cast<size_t>(most_started_); }

  // Tasks must not throw.
  void submit(std::function<void()> task);

  // The same ahead of all that have not started: for parts of a task that runs already. Such a task must wait
  // for no other one.
  void submit_first(std::function<void()> task);

  // How many others can work beside the calling thread, which may be one of the pool's.
  int helpers() const;

  // Runs `wait`, during which another task may have the turn of the calling one; outside of a task of this
  // pool, nothing but `wait`.
  template <class Wait>
  void blocking(const Wait& wait) {
    const bool has_turn = is_inside();
    if (has_turn) pause();
    wait();
    if (has_turn) resume();
  }

 private:
  bool is_inside() const;  // the calling thread is one of the pool's
  void work();
  void pause();
  void resume();

  std::mutex mutex_;
  std::condition_variable may_start_, may_resume_;
  bool has_next() const;
  std::function<void()> take_next(bool& is_part);

  std::deque<std::function<void()>> tasks_, parts_;
  const int turns_;
  int most_started_ = 0;
  int started_ = 0;  // tasks that have started and not ended; parts are not counted
  int free_turns_;
  int resuming_ = 0;  // tasks that wait for a turn to go on; they come before new ones
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace inloop
