// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/encoder/search/residual_tree.h"

#include <algorithm>
#include <cstring>

namespace inloop::hevc {
namespace {

// Keeps what a node has written while its children, which overwrite it, are tried.
struct NodeBackup {
  alignas(64) Sample luma[32 * 32];
  alignas(64) Sample chroma[2][16 * 16];
  alignas(64) int16_t luma_levels[32 * 32];
  alignas(64) int16_t chroma_levels[2][16 * 16];
  CodedCell cells[64];

  void copy(SearchState& state, int x, int y, int log2_size, bool save) {
    const int size = 1 << log2_size;
    for (int c = 0; c < 3; ++c) {
      const int shift = c ? 1 : 0, n = size >> shift;
      Sample* kept = c ? chroma[c - 1] : luma;
      for (int row = 0; row < n; ++row) {
        Sample* rec = state.rec_at(c, x >> shift, (y >> shift) + row);
        const size_t bytes = sizeof(Sample) * static_cast<size_t>(n);
        if (save) {
          std::memcpy(kept + row * n, rec, bytes);
        } else {
          std::memcpy(rec, kept + row * n, bytes);
        }
      }
      int16_t* levels = state.ctu->levels(c, x, y);
      int16_t* kept_levels = c ? chroma_levels[c - 1] : luma_levels;
      const size_t bytes = sizeof(int16_t) * static_cast<size_t>(n) * static_cast<size_t>(n);
      std::memcpy(save ? kept_levels : levels, save ? levels : kept_levels, bytes);
    }
    if (save) {
      std::copy_n(state.cells(x, y), cell_count(log2_size), cells);
    } else {
      std::copy_n(cells, cell_count(log2_size), state.cells(x, y));
    }
  }
};

}  // namespace

double ResidualTree::code(int x, int y, int log2_size, const Frame& pred, double limit) {
  pred_ = &pred;
  limit_ = limit;
  return node(x, y, log2_size, 0);
}

double ResidualTree::node(int x, int y, int log2_size, int depth) {
  const Sps& sps = state_.picture.sps();
  if (log2_size > sps.log2_max_tb_size) return children(x, y, log2_size, depth, kInfiniteCost);
  const double chroma_cost = log2_size > 2 ? chroma(x, y, log2_size, depth) : 0;
  bool may_split = log2_size > 2 && depth < state_.tools.transform_depth_inter;
  const double whole = whole_luma(x, y, log2_size, depth, may_split) + chroma_cost;
  if (!may_split || whole > limit_) return whole;

  NodeBackup backup;
  backup.copy(state_, x, y, log2_size, true);
  const int split_context = kCtxSplitTransform + 5 - log2_size;
  double fixed = state_.bit_cost(bin_cost(state_.contexts, split_context, 1));
  if (log2_size == 3) fixed += chroma_cost;  // chroma was coded above and is the same for both
  const double limit = whole + state_.bit_cost(bin_cost(state_.contexts, split_context, 0));
  const double split = children(x, y, log2_size, depth, limit - fixed) + fixed;
  if (split < limit) return split;
  backup.copy(state_, x, y, log2_size, false);
  return whole;
}

// Clears may_split where smaller transforms would hardly pay, because at most the DC coefficient is coded.
double ResidualTree::whole_luma(int x, int y, int log2_size, int depth, bool& may_split) {
  const Plane<Sample>& pred = pred_->planes[0];
  const BlockCost result =
      code_transform_block(state_, {0, x, y, log2_size, false, 0}, pred.row(y) + x, pred.stride());
  may_split &= result.coded && (result.max_x || result.max_y);
  CodedCell* cells = state_.cells(x, y);
  for (int i = 0; i < cell_count(log2_size); ++i) cells[i].transform_depth = static_cast<uint8_t>(depth);
  set_cells(x, y, log2_size, 0, depth, result.coded);
  return result.cost + state_.bit_cost(bin_cost(state_.contexts, kCtxCbfLuma + (depth == 0), result.coded));
}

double ResidualTree::chroma(int x, int y, int log2_size, int depth) {
  double cost = 0;
  for (int c = 1; c < 3; ++c) {
    const Plane<Sample>& pred = pred_->planes[c];
    const BlockCost result = code_transform_block(state_, {c, x, y, std::max(2, log2_size - 1), false, 0},
                                                  pred.row(y / 2) + x / 2, pred.stride());
    cost += result.cost + state_.bit_cost(bin_cost(state_.contexts, kCtxCbfChroma + depth, result.coded));
    set_cells(x, y, log2_size, c, depth, result.coded);
  }
  return cost;
}

// Stops when the cost reaches the limit; the result is meaningless then.
double ResidualTree::children(int x, int y, int log2_size, int depth, double limit) {
  double cost = 0;
  int any[3] = {0, 0, 0};
  const int half = 1 << (log2_size - 1);
  // An 8x8 luma node keeps its chroma when its luma is split into 4x4 blocks.
  const int components = log2_size == 3 ? 1 : 3;
  for (int i = 0; i < 4 && cost < limit; ++i) {
    const int sub_x = x + (i & 1) * half, sub_y = y + (i >> 1) * half;
    const double part = node(sub_x, sub_y, log2_size - 1, depth + 1);
    cost += part;
    if (log2_size > state_.picture.sps().log2_max_tb_size) limit_ -= part;
    for (int c = 0; c < components; ++c) any[c] |= state_.cells(sub_x, sub_y)->cbf[c] >> (depth + 1) & 1;
  }
  for (int c = 0; c < components; ++c) {
    CodedCell* cells = state_.cells(x, y);
    for (int i = 0; i < cell_count(log2_size); ++i) {
      const int bit = 1 << depth;
      cells[i].cbf[c] = static_cast<uint8_t>((cells[i].cbf[c] & ~bit) | (any[c] ? bit : 0));
    }
  }
  return cost;
}

void ResidualTree::set_cells(int x, int y, int log2_size, int c_idx, int depth, bool coded) {
  CodedCell* cells = state_.cells(x, y);
  for (int i = 0; i < cell_count(log2_size); ++i) {
    cells[i].cbf[c_idx] = static_cast<uint8_t>((cells[i].cbf[c_idx] & ((1 << depth) - 1)) | coded << depth);
  }
}

}  // namespace inloop::hevc
