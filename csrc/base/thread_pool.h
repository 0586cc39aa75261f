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

#include "base/thread_place.h"

namespace inloop {

class Sleeper;

// Threads that run tasks in the order in which they were submitted. `running` tasks proceed at a time;
// `waiting` more may have started and be asleep (Sleeper), so that a task which waits for an
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
  // Where the system does not allow so many threads, the pool has fewer, perhaps none: then fewer tasks start at a time,
  // perhaps none, which size() tells.
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
  // not throw. Asleep, it may wait for its task, for parts of it that have started, and for earlier tasks.
  // Where spare() is 0, it would never start.
  void submit_last(std::function<void()> part);

  // Returns how many parts of submit_last() may have started at a time.
  int spare() const { return most_spare_; }

  // Returns how many threads can work beside the calling one, which may belong to the pool.
  int helpers() const;

  // Returns whether something could run if the calling task gave up its place: a task that has to wait should
  // then not poll.
  bool has_other_work() const;

 private:
  friend class Sleeper;
  using Tasks = std::deque<std::function<void()>>;

  bool is_inside() const;  // whether the calling thread belongs to the pool
  void work();
  void add(Tasks& queue, std::function<void()> task);
  void sleep(Sleeper& sleeper);
  void wake(Sleeper& sleeper);

  // With the lock.
  bool may_start_any() const { return !parts_.empty() || may_start_task() || may_start_spare(); }
  bool has_next() const { return free_turns_ > 0 && may_start_any(); }
  bool may_start_task() const { return !tasks_.empty() && started_ < most_started_; }
  bool may_start_spare() const { return !spare_parts_.empty() && started_spare_ < most_spare_; }
  bool has_ended() const { return ending_ && tasks_.empty() && parts_.empty() && spare_parts_.empty(); }
  // Takes what starts next. `started` is the counter that holds it until it ends, or null.
  std::function<void()> take_next(int*& started);
  // Gives the turn of the calling thread to the first that waits for one; returns whether there is one.
  bool give_turn();
  // Gives it to that one, or else to a task.
  void pass_turn_on();
  void await_turn(std::unique_lock<std::mutex>& lock, Sleeper& sleeper);
  // Has an idle thread look for work; `here`: on the core of the calling one.
  void call_idle(bool here);
  void call_all_idle();

  mutable std::mutex mutex_;
  Tasks tasks_, parts_, spare_parts_;
  const int turns_;
  int most_started_ = 0, most_spare_ = 0;
  int started_ = 0;  // tasks that have started and not ended, without parts
  int started_spare_ = 0;
  int free_turns_;            // 0 while anybody waits to go on
  Sleeper* first_ = nullptr;  // of those that wait to go on, which come before new tasks, in their order
  Sleeper* last_ = nullptr;
  Sleeper* idle_ = nullptr;  // threads without work, the last one first
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

// A thread's wait for another one, which wakes it. A thread of the pool gives its turn away meanwhile. It is woken when
// there is a turn for it, no earlier, and goes on where the thread was that gave it: otherwise it would often come to a
// core on which another one works.
class Sleeper {
 public:
  // `pool` may be null.
  explicit Sleeper(ThreadPool* pool) : pool_(pool && pool->is_inside() ? pool : nullptr) {}
  Sleeper(const Sleeper&) = delete;
  Sleeper& operator=(const Sleeper&) = delete;

  // Stands still until wake() is called, or was. For the thread that made this object.
  void sleep();
  // For any thread, once. The sleeping thread may destroy this object as soon as it is called.
  void wake();

 private:
  friend class ThreadPool;

  // With the lock: `here`, on the core of the calling thread, which is about to sleep.
  void go_on(bool here);

  ThreadPool* const pool_;  // null: the thread has no turn to give away
  std::mutex mutex_;        // where there is no pool
  std::condition_variable changed_;
  bool is_woken_ = false, is_asleep_ = false, may_go_on_ = false;
  ThreadPlace* place_ = nullptr;
  Sleeper* next_ = nullptr;  // of those who wait like it
};

}  // namespace inloop
