// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "nnlf/contract/coded_picture.h"
#include "nnlf/contract/geometry.h"

namespace inloop::nnlf {

// What is known of a block before any network has run: sums over the luma samples of every second row
// (texture, residual) or over its cells (edges, prediction, QP). They are whole numbers, so that a decision
// based on them is the same everywhere.
enum class BlockField {
  samples,
  cells,
  edges,         // non-zero boundary strengths
  strong_edges,  // boundary strengths of 2
  gradient,      // absolute differences of the reconstruction to the next sample on the right and below
  sum,           // samples of the reconstruction
  square_sum,
  residual,         // absolute differences between reconstruction and prediction
  residual_square,  // squares of these differences
  intra,
  bi,
  qp,
};
constexpr int kBlockFields = 12;
constexpr std::array<const char*, kBlockFields> kBlockFieldNames = {
    "samples",    "cells",    "edges",           "strong_edges", "gradient", "sum",
    "square_sum", "residual", "residual_square", "intra",        "bi",       "qp"};

using BlockStatistics = std::array<int64_t, kBlockFields>;
BlockStatistics block_statistics(const CodedPicture& picture, const Block& block);

// Returns the statistics of every block in raster order.
std::vector<BlockStatistics> block_statistics(const CodedPicture& picture, const BlockGrid& grid);

}  // namespace inloop::nnlf
