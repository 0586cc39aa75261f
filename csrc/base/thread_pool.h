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
// may wait for earlier tasks (never for later ones) whatever the number of threads.
class ThreadPool {
 public:
  // Has fewer threads, perhaps none, where the system does not allow more.
  explicit ThreadPool(int running, int waiting = 0);
  // Runs what was submitted, then ends the threads.
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  size_t size() const { return threads_.size(); }

  // Tasks must not throw.
  void submit(std::function<void()> task);

  // Called inside a task: runs `wait`, during which another task may have this one's turn.
  template <class Wait>
  void blocking(const Wait& wait) {
    pause();
    wait();
    resume();
  }

 private:
  void work();
  void pause();
  void resume();

  std::mutex mutex_;
  std::condition_variable may_start_, may_resume_;
  std::deque<std::function<void()>> tasks_;
  int free_turns_;
  int resuming_ = 0;  // tasks that wait for a turn to go on; they come before new ones
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace inloop
