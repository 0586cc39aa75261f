// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "nn/graph/layer_fields.h"

namespace inloop::nn {

// Applies a function to `count` numbers, computed in double and rounded once; y may be x.
void apply_function(Function function, const float parameters[2], const float* x, float* y, int count);

}  // namespace inloop::nn
