// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <vector>

#include "base/thread_pool.h"
#include "testing/register.h"

namespace py = pybind11;

namespace inloop::testing {
namespace {

// Runs `count` tasks of which each waits for the end of the one `distance` before it, and says in what order
// they started and how many at most were outside blocking() at a time.
py::tuple run_dependent_tasks(int running, int waiting, int count, int distance) {
  std::vector<int> started;
  int most = 0;
  {
    const py::gil_scoped_release release;  // no Python in the tasks
    std::vector<std::atomic<bool>> ended(static_cast<size_t>(count));
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
        pool.blocking([&] { ended[static_cast<size_t>(i - distance)].wait(false); });
        enter();
      }
      --active;
      ended[static_cast<size_t>(i)] = true;
      ended[static_cast<size_t>(i)].notify_all();
    };
    for (int i = 0; i < count; ++i) pool.submit([&task, i] { task(i); });
  }
  return py::make_tuple(started, most);
}

}  // namespace

void register_base(py::module_& module) {
  module.def("run_dependent_tasks", &run_dependent_tasks, py::arg("running"), py::arg("waiting"),
             py::arg("count"), py::arg("distance"));
}

}  // namespace inloop::testing
