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

// Shared by the hevc_*.cpp files, one a group of kernels.
namespace inloop::testing {

// The kernel table of the level of that name; raises ConfigError where this CPU cannot run it.
inline const hevc::KernelTable& hevc_kernels(const std::string& level) {
  return hevc::kernels(bindings::level_named(level));
}

}  // namespace inloop::testing
