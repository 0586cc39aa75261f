// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <pybind11/pybind11.h>

namespace inloop::bindings {

// The kernels of the filter stage, for their tests.
void register_testing_nnlf(pybind11::module_& testing);

}  // namespace inloop::bindings
