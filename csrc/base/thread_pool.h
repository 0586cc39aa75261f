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
// may wait for earlier tasks (never for later ones), whatever the number of threads. Parts of a running task
// (submit_first()) have `running` threads of their own, so that waiting tasks do not keep them from starting. So have
// `spare` parts that may wait, too (submit_last()).
//
// A pool belongs to the object that the user gave a number of threads (a decoder, an encoder, a filter). That
// object hands a pointer down to everything that can share its work (shared_loop.h); nothing below it starts
// threads of its own.
class ThreadPool {
 public:
  // Where the system does not allow so many threads, the pool has fewer, perhaps none.
  explicit ThreadPool(int running, int waiting = 0, int spare = 0);
  // Runs all submitted tasks, then ends the threads.
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  // Returns how many tasks may have started at a time.
  size_t size() const { return static_cast<size_t>(most_started_); }

  // Adds a task, which must not throw.
  void submit(std::function<void()> task);

  // Adds a part of a task that runs already; it starts before all tasks that have not started. It must not
  // throw, and it must not wait for any other task.
  void submit_first(std::function<void()> task);

  // Adds a part of a task that runs already; it starts when nothing else can, or never before the task ends. It must
  // not throw. Inside blocking() it may wait for its task, for parts of it that have started, and for earlier tasks.
  // Where spare() is 0, it would never start.
  void submit_last(std::function<void()> part);

  // Returns how many parts of submit_last() may have started at a time.
  int spare() const { return most_spare_; }

  // Returns how many threads can work beside the calling one, which may belong to the pool.
  int helpers() const;

  // Returns whether something could run if the calling task gave up its place: a task that has to wait should
  // then not poll.
  bool has_other_work() const;

  // Calls `wait`, during which another task may run instead of the calling one. Outside a task of this pool
  // it only calls `wait`.
  template <class Wait>
  void blocking(const Wait& wait) {
    const bool has_turn = is_inside();
    if (has_turn) pause();
    wait();
    if (has_turn) resume();
  }

 private:
  bool is_inside() const;  // whether the calling thread belongs to the pool
  void work();
  void pause();
  void resume();

  mutable std::mutex mutex_;
  std::condition_variable may_start_, may_resume_;
  bool may_start_any() const { return !parts_.empty() || may_start_task() || may_start_spare(); }
  bool has_next() const { return free_turns_ > resuming_ && may_start_any(); }
  bool may_start_task() const { return !tasks_.empty() && started_ < most_started_; }
  bool may_start_spare() const { return !spare_parts_.empty() && started_spare_ < most_spare_; }
  // Takes what starts next. `started` is the counter that holds it until it ends, or null.
  std::function<void()> take_next(int*& started);

  std::deque<std::function<void()>> tasks_, parts_, spare_parts_;
  const int turns_;
  int most_started_ = 0, most_spare_ = 0;
  int started_ = 0;  // tasks that have started and not ended, without parts
  int started_spare_ = 0;
  int free_turns_;
  int resuming_ = 0;  // tasks that wait to go on, which come before new ones
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace inloop
