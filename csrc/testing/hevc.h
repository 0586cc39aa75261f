// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <string>

#include "bindings/support.h"
#include "hevc/kernels/table.h"
#include "testing/register.h"
#include "testing/rows.h"

// What the hevc_*.cpp files share, each of which tests one group of kernels.
namespace inloop::testing {

// Returns the kernel table of the isa with that name. Raises ConfigError where this CPU cannot run it.
inline const hevc::KernelTable& hevc_kernels(const std::string& isa) {
  return hevc::kernels(bindings::isa_named(isa));
}

}  // namespace inloop::testing
