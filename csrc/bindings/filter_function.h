// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <pybind11/pybind11.h>

#include "nnlf/apply/block_function.h"

namespace inloop::bindings {

// Returns a filter that calls a Python function. It takes the features of a block as a tuple of int16 arrays
// (height, width, channels) and returns int16 of (height - 8, width - 8, 6). What it raises ends filtering.
nnlf::BlockFunction block_function(const pybind11::function& function);

}  // namespace inloop::bindings
