// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "nn/model.h"

namespace inloop::nn {

// The definition of what an integer network computes: layer by layer, element by element, every address from
// its indices. Slow on purpose; everything faster is tested against it. Inputs and outputs are dense NHWC.
Status run_reference(const Model& model, int height, int width, const int16_t* const* inputs,
                     int16_t* const* outputs);

}  // namespace inloop::nn
