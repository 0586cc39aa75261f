// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "nn/graph/bounds.h"

namespace inloop::nn {

// Removes channels that the bounds prove to be zero for every input, between the dense convolutions that make
// them and those that read them. Only int16 networks have bounds. Returns false where there are none.
bool strip_channels(Graph& graph, const Bounds& bounds);

}  // namespace inloop::nn
