// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "nnlf/contract/coded_picture.h"
#include "nnlf/contract/geometry.h"
#include "nnlf/params/payload.h"

namespace inloop::nnlf {

// Coded edges of a block, boundary strengths that are not zero, among those of its 4x4 cells: at most one a
// cell on average, since they lie on the 8x8 grid.
struct EdgeCount {
  int edges = 0;
  int cells = 0;
};
EdgeCount count_edges(const CodedPicture& picture, const Block& block);

// Normative, the edge rule: whether a picture without block flags filters the block: if its edges a cell are at least
// min_edges / kEdgeSteps.
bool has_edges(const CodedPicture& picture, const Block& block, int min_edges);

// The same of all blocks, in raster order.
std::vector<uint8_t> blocks_by_edges(const CodedPicture& picture, const BlockGrid& grid, int min_edges);

}  // namespace inloop::nnlf
