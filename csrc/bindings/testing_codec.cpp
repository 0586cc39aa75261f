// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "bindings/testing_codec.h"

#include "bindings/register.h"

namespace inloop::bindings {

void register_testing_codec(pybind11::module_& module) {
  register_testing_codec_primitives(module);
  register_testing_codec_inter(module);
}

}  // namespace inloop::bindings
