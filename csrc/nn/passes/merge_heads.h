// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "nn/graph/graph.h"

namespace inloop::nn {

// Inputs of a few channels, each with a 1x1 convolution of its own, whose results stand side by side in a
// concatenation: one block-diagonal convolution of the concatenated inputs makes the same integers, and whole
// vectors of them at a time. int16 only: in float, 0 * x is not always 0. False where
// there are none.
bool merge_heads(Graph& graph);

}  // namespace inloop::nn
