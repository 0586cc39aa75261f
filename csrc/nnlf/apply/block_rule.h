// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "nnlf/contract/coded_picture.h"
#include "nnlf/contract/geometry.h"
#include "nnlf/params/payload.h"

namespace inloop::nnlf {

// The coded edges of a block, which are the non-zero boundary strengths of its 4x4 cells. There is at most
// one per cell on average, because the edges lie on the 8x8 grid.
struct EdgeCount {
  int edges = 0;
  int cells = 0;
};
EdgeCount count_edges(const CodedPicture& picture, const Block& block);

// The edge rule (normative): a picture without block flags filters a block if it has at least min_edges /
// kEdgeSteps edges per cell.
bool has_edges(const CodedPicture& picture, const Block& block, int min_edges);

// Applies the rule to all blocks, in raster order.
std::vector<uint8_t> blocks_by_edges(const CodedPicture& picture, const BlockGrid& grid, int min_edges);

}  // namespace inloop::nnlf
