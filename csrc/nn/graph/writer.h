// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "nn/graph/graph.h"

namespace inloop::nn {

// The canonical part of a network's compact form (reader.h), which its identity is the SHA-256 of. The graph
// must have passed check_graph().
std::vector<uint8_t> canonical_form(const Graph& graph);

// True where two graphs differ in names and in the numbers of their constants at most.
bool same_structure(const Graph& a, const Graph& b);

}  // namespace inloop::nn
