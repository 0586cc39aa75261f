// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "nn/graph/model.h"

namespace inloop::nn {

// Defines what a network computes: layer by layer, element by element, with every address computed from
// indices. It is slow on purpose; everything faster is tested against it. T is int16_t or float and must be
// the network's type; float sums are kept in double. Inputs and outputs are dense NHWC.
template <class T>
Status run_reference(const Model& model, int height, int width, const T* const* inputs, T* const* outputs);

}  // namespace inloop::nn
