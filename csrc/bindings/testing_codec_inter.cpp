// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "bindings/testing_codec.h"

namespace inloop::bindings {

void register_testing_codec_inter(pybind11::module_&) {}

}  // namespace inloop::bindings
