// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "nn/graph/graph.h"

namespace inloop::nn {

// Returns the canonical part of a network's compact form (reader.h), whose SHA-256 is the identity. The graph
// must have passed check_graph().
std::vector<uint8_t> canonical_form(const Graph& graph);

// Returns whether two graphs differ at most in names and in the numbers of their constants.
bool same_structure(const Graph& a, const Graph& b);

}  // namespace inloop::nn
