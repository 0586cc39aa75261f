// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "nn/graph/graph.h"

namespace inloop::nn {

// Merges 1x1 convolutions of narrow inputs whose results stand side by side in a concatenation. One
// block-diagonal convolution of the concatenated inputs makes the same integers, and it makes whole vectors
// of them at a time. Only int16 is merged, because 0 * x is not always 0 in float. Returns false where there
// are none.
bool merge_heads(Graph& graph);

}  // namespace inloop::nn
