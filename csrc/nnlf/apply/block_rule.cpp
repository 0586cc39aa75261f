// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nnlf/apply/block_rule.h"

namespace inloop::nnlf {

EdgeCount count_edges(const CodedPicture& picture, const Block& block) {
  EdgeCount count;
  const int begin_x = block.x / 4;
  const int end_x = (block.x + block.width) / 4;
  for (int y = block.y / 4; y < (block.y + block.height) / 4; ++y) {
    const uint8_t* ver = picture.bs_ver.row(y);
    const uint8_t* hor = picture.bs_hor.row(y);
    for (int x = begin_x; x < end_x; ++x) count.edges += (ver[x] != 0) + (hor[x] != 0);
  }
  count.cells = (block.width / 4) * (block.height / 4);
  return count;
}

bool has_edges(const CodedPicture& picture, const Block& block, int min_edges) {
  const EdgeCount count = count_edges(picture, block);
  return count.edges * kEdgeSteps >= min_edges * count.cells;
}

std::vector<uint8_t> blocks_by_edges(const CodedPicture& picture, const BlockGrid& grid, int min_edges) {
  std::vector<uint8_t> on(static_cast<size_t>(grid.count()));
  for (int i = 0; i < grid.count(); ++i) {
    on[static_cast<size_t>(i)] = has_edges(picture, grid.at(i), min_edges);
  }
  return on;
}

}  // namespace inloop::nnlf
