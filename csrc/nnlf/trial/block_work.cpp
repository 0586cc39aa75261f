// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nnlf/trial/block_work.h"

namespace inloop::nnlf {
namespace {

template <class Number>
std::vector<int64_t> for_each_block(const BlockGrid& grid, Number number) {
  std::vector<int64_t> numbers;
  for (int i = 0; i < grid.count(); ++i) numbers.push_back(number(grid.at(i)));
  return numbers;
}

}  // namespace

std::vector<int64_t> block_macs(const nn::Model& model, const BlockGrid& grid) {
  return for_each_block(
      grid, [&](const Block& block) { return model.macs(block.input_height(), block.input_width()); });
}

std::vector<int64_t> block_areas(const BlockGrid& grid) {
  return for_each_block(grid, [](const Block& block) { return int64_t{block.width} * block.height; });
}

}  // namespace inloop::nnlf
