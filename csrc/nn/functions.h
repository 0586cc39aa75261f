// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "nn/layer_fields.h"

namespace inloop::nn {

// Computed in double and rounded once.
float apply_function(Function function, const float parameters[2], float x);

}  // namespace inloop::nn
