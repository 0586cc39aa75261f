// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <pybind11/pybind11.h>

#include "testing/register.h"

// inloop._testing: the kernels one by one and other inner parts of the core, for tests and benchmarks. It links the
// core's libraries once more, so that what is set here (the ISA level) and in inloop._core are two things.
PYBIND11_MODULE(_testing, module) {
  using namespace inloop::testing;
  register_base(module);
  register_nn(module);
  register_nn_f32(module);
  register_networks(module);
  register_addressing(module);
  register_kernel_calls(module);
  register_nnlf(module);
  register_hevc_primitives(module);
  register_hevc_inter(module);
  register_loop_filters(module);
  register_lookahead(module);
  register_coolchic(module);
}
