// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/encoder/wavefront.h"

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "testing/register.h"

namespace inloop::testing {
namespace {

namespace py = pybind11;

// Blocks that check that those which they need are done. One row may fail, and one may throw.
class CheckedWork final : public hevc::WavefrontWork {
 public:
  CheckedWork(int rows, int columns, int failing_row, int throwing_row)
      : columns_(columns),
        failing_row_(failing_row),
        throwing_row_(throwing_row),
        done_(static_cast<size_t>(rows)) {}

  bool in_order() const { return in_order_; }
  int ended() const { return ended_; }

 private:
  class CheckedRow final : public Worker {
   public:
    explicit CheckedRow(CheckedWork& work) : work_(work) {}

    Status begin_row(int row) override {
      check(row == 0 || work_.done(row - 1) >= std::min(2, work_.columns_));
      return {};
    }

    Status run(int column, int row) override {
      check(work_.done(row) == column);
      check(row == 0 || work_.done(row - 1) >= std::min(column + 2, work_.columns_));
      if ((column * 7 + row * 5) % 4 == 0) std::this_thread::sleep_for(std::chrono::microseconds(50));
      if (row == work_.throwing_row_ && column == work_.columns_ / 2) throw std::runtime_error("thrown");
      if (row == work_.failing_row_ && column == work_.columns_ / 2)
        return Status::config("row " + std::to_string(row));
      ++work_.done(row);
      return {};
    }

   private:
    void check(bool good) {
      if (!good) work_.in_order_ = false;
    }
    CheckedWork& work_;
  };

  std::unique_ptr<Worker> make_worker() override { return std::make_unique<CheckedRow>(*this); }

  Status end_row(int row) override {
    if (row != ended_ || done(row) != columns_) in_order_ = false;
    ++ended_;
    return {};
  }

  std::atomic<int>& done(int row) { return done_[static_cast<size_t>(row)]; }

  const int columns_, failing_row_, throwing_row_;
  std::vector<std::atomic<int>> done_;
  std::atomic<bool> in_order_{true};
  int ended_ = 0;
};

// Runs `count` such works, each in a task of one pool. Returns for each of them whether all blocks came in order, how many
// rows ended, and the error.
py::list run_wavefronts(int rows, int columns, int running, int count, int failing_row, int throwing_row) {
  std::vector<std::unique_ptr<CheckedWork>> works;
  for (int i = 0; i < count; ++i)
    works.push_back(std::make_unique<CheckedWork>(rows, columns, failing_row, throwing_row));
  std::vector<std::string> errors(works.size());
  {
    const py::gil_scoped_release release;  // the tasks run no Python
    ThreadPool pool(running, count, running);
    for (size_t i = 0; i < works.size(); ++i) {
      pool.submit([&, i] {
        try {
          errors[i] = hevc::run_wavefront(*works[i], rows, columns, &pool).message();
        } catch (const std::runtime_error& error) {
          errors[i] = error.what();
        }
      });
    }
  }
  py::list results;
  for (size_t i = 0; i < works.size(); ++i)
    results.append(py::make_tuple(works[i]->in_order(), works[i]->ended(), errors[i]));
  return results;
}

}  // namespace

void register_wavefront(py::module_& module) {
  module.def("run_wavefronts", &run_wavefronts, py::arg("rows"), py::arg("columns"), py::arg("running"),
             py::arg("count"), py::arg("failing_row") = -1, py::arg("throwing_row") = -1);
}

}  // namespace inloop::testing
