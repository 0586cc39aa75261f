// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "nn/graph/byte_reader.h"
#include "nn/graph/graph.h"

namespace inloop::nn {

// Reads one layer of the canonical part (reader.h) and appends it to the graph. Its fields are checked as far
// as memory safety requires; check_graph() does the rest.
Status read_layer(ByteReader& in, size_t index, Graph& graph);

}  // namespace inloop::nn
