// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

#include "base/row_progress.h"
#include "base/shared_loop.h"
#include "base/thread_pool.h"
#include "testing/register.h"

namespace py = pybind11;

namespace inloop::testing {
namespace {

// Runs `count` tasks, each of which waits for the end of the one `distance` before it. Returns the order in
// which they started and how many at most were awake at the same time.
py::tuple run_dependent_tasks(int running, int waiting, int count, int distance) {
  std::vector<int> started;
  int most = 0;
  {
    const py::gil_scoped_release release;  // the tasks run no Python
    std::vector<RowProgress> ended(static_cast<size_t>(count));
    std::mutex mutex;
    std::atomic<int> active{0};
    ThreadPool pool(running, waiting);
    const auto task = [&](int i) {
      {
        const std::lock_guard lock(mutex);
        started.push_back(i);
      }
      const auto enter = [&] {
        const int now = ++active;
        const std::lock_guard lock(mutex);
        most = std::max(most, now);
      };
      enter();
      if (i >= distance) {
        --active;
        (void)ended[static_cast<size_t>(i - distance)].sleep(1, &pool);
        enter();
      }
      --active;
      ended[static_cast<size_t>(i)].publish(1);
    };
    for (int i = 0; i < count; ++i) pool.submit([&task, i] { task(i); });
  }
  return py::make_tuple(started, most);
}

// Runs `loops` loops of `count` indices, each inside a task of one pool. Returns how often each index was
// worked on, in how many threads at most at the same time, and how many loops ended with the expected status.
py::tuple run_shared_loops(int running, int waiting, int loops, int count) {
  std::vector<std::atomic<int>> done(static_cast<size_t>(count));
  std::atomic<int> active{0}, most{0}, ended{0};
  {
    const py::gil_scoped_release release;  // the tasks run no Python
    ThreadPool pool(running, waiting);
    const auto work = [&](int index) -> Status {
      const int now = ++active;
      for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
      }
      ++done[static_cast<size_t>(index)];
      std::this_thread::yield();
      --active;
      return index == 3 ? Status::config("three") : Status();
    };
    for (int i = 0; i < loops; ++i)
      pool.submit([&] {
        const Status status = run_shared(&pool, count, [&]() -> IndexWork { return work; });
        ended += status.message() == (count > 3 ? "three" : "");
      });
  }
  return py::make_tuple(std::vector<int>(done.begin(), done.end()), most.load(), ended.load());
}

// A task of a pool for one at a time asks whether other work waits: alone, when another task was submitted, and when that
// one has ended. It gives up if it does not hear of the other task for ten seconds.
py::tuple ask_for_waiting_work() {
  bool alone = true, beside = false, behind = true;
  {
    const py::gil_scoped_release release;  // The tasks run no Python.
    std::atomic<bool> asked{false};
    RowProgress ended;
    ThreadPool pool(1, 1);
    pool.submit([&] {
      alone = pool.has_other_work();
      asked = true;
      const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
      while (!(beside = pool.has_other_work()) && std::chrono::steady_clock::now() < end)
        std::this_thread::yield();
      (void)ended.sleep(1, &pool);
      behind = pool.has_other_work();
    });
    while (!asked) std::this_thread::yield();
    pool.submit([&] { ended.publish(1); });
  }
  return py::make_tuple(alone, beside, behind);
}

}  // namespace

void register_base(py::module_& module) {
  module.def("run_dependent_tasks", &run_dependent_tasks, py::arg("running"), py::arg("waiting"),
             py::arg("count"), py::arg("distance"));
  module.def("run_shared_loops", &run_shared_loops, py::arg("running"), py::arg("waiting"), py::arg("loops"),
             py::arg("count"));
  module.def("ask_for_waiting_work", &ask_for_waiting_work);
}

}  // namespace inloop::testing
