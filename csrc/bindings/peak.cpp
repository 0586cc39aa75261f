// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <pybind11/pybind11.h>
#include <time.h>

#include <algorithm>
#include <string>

#include "bindings/register.h"
#include "nn/cpu/kernels/table.h"

namespace py = pybind11;

namespace inloop::bindings {
namespace {

double thread_seconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

// Returns the multiply-adds per second of CPU time of this thread, the best of several runs of about a
// millisecond.
double multiply_add_peak(const std::string& isa, bool is_float) {
  const nn::KernelTable& table = nn::kernels(isa_named(isa));
  const py::gil_scoped_release release;  // nothing of Python's is touched
  double best = 0;
  for (int i = 0; i < 8; ++i) {
    const double begin = thread_seconds();
    const auto count = static_cast<double>(is_float ? table.multiply_add_loop_f32(300000)
                                                    : table.multiply_add_loop_i16(300000));
    best = std::max(best, count / (thread_seconds() - begin));
  }
  return best;
}

}  // namespace

void register_peak(py::module_& module) {
  module.def("multiply_add_peak", &multiply_add_peak, py::arg("isa"), py::arg("is_float"));
}

}  // namespace inloop::bindings
