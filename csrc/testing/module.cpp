// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <pybind11/pybind11.h>

#include "testing/register.h"

// inloop._testing gives tests and benchmarks the kernels one by one and other inner parts of the core. It
// links the core's libraries once more, so that what is set here, such as the isa, and what is set in
// inloop._core are independent.
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
  register_wavefront(module);
}
