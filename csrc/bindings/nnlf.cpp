// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "bindings/register.h"

namespace inloop::bindings {

void register_nnlf(pybind11::module_&) {}

}  // namespace inloop::bindings
