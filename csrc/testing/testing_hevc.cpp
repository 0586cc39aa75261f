// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "testing/testing_hevc.h"

#include "bindings/register.h"

namespace inloop::bindings {

void register_testing_hevc(pybind11::module_& module) {
  register_testing_hevc_primitives(module);
  register_testing_hevc_inter(module);
}

}  // namespace inloop::bindings
