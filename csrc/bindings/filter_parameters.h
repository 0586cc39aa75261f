// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "nnlf/contract/geometry.h"
#include "nnlf/params/payload.h"

namespace inloop::bindings {

// Raises ConfigError if a number is out of range or the flags do not fit the number of blocks.
void check_parameters(const nnlf::PictureParameters& parameters, const nnlf::BlockGrid& grid);

}  // namespace inloop::bindings
