// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>

#include "hevc/block/intra_prediction.h"
#include "hevc/encoder/search/intra_search.h"

namespace inloop::hevc {

// Compares the derived mode with the best of all modes by SATD; both are fully coded.
void IntraSearch::search_chroma_mode(int x, int y, int log2_size) {
  CodedCell* cells = state_.cells(x, y);
  const int luma_mode = cells[0].intra_mode;
  int rough_best = 4;
  double rough_cost = kInfiniteCost;
  for (int syntax = 4; syntax >= 0 && state_.tools.intra_chroma_modes; --syntax) {
    const double bits = syntax == 4 ? 1 : 3;
    const double cost =
        rough_chroma_cost(x, y, log2_size, derive_chroma_mode(luma_mode, syntax)) + state_.lambda_satd * bits;
    if (cost < rough_cost) {
      rough_cost = cost;
      rough_best = syntax;
    }
  }
  const double derived = chroma_tree(x, y, log2_size, 0, derive_chroma_mode(luma_mode, 4));
  int best = 4;
  if (rough_best != 4) {
    for (int c = 1; c < 3; ++c) best_chroma_[c - 1].save(state_, c, x, y, log2_size);
    const double flag_difference = state_.bit_cost(bin_cost(state_.contexts, kCtxIntraChroma, 1)) +
                                   2 * state_.lambda -
                                   state_.bit_cost(bin_cost(state_.contexts, kCtxIntraChroma, 0));
    const double other =
        chroma_tree(x, y, log2_size, 0, derive_chroma_mode(luma_mode, rough_best)) + flag_difference;
    if (other < derived) best = rough_best;
    for (int c = 1; c < 3 && best == 4; ++c) best_chroma_[c - 1].restore(state_, c, x, y, log2_size);
  }
  for (int i = 0; i < cell_count(log2_size); ++i) cells[i].intra_chroma_mode = static_cast<uint8_t>(best);
}

// `pred` has rows of 1 << log2_size samples.
void IntraSearch::predict_chroma(int c, int x, int y, int log2_size, int mode, Sample* pred) {
  IntraReferences references;
  gather_intra_references(state_.picture, c, x / 2, y / 2, log2_size, references);
  predict_intra(state_.kernels, references, c, log2_size, mode, state_.picture.sps().bit_depth_chroma, false,
                pred, 1 << log2_size);
}

double IntraSearch::rough_chroma_cost(int x, int y, int log2_size, int mode) {
  const int log2_chroma = std::max(2, log2_size - 1), size = 1 << log2_chroma;
  alignas(64) Sample pred[32 * 32];
  double cost = 0;
  for (int c = 1; c < 3; ++c) {
    predict_chroma(c, x, y, log2_chroma, mode, pred);
    cost += state_.kernels.satd(state_.source_at(c, x / 2, y / 2), state_.source_stride(c), pred, size, size,
                                size);
  }
  return cost;
}

double IntraSearch::chroma_tree(int x, int y, int log2_size, int depth, int mode) {
  CodedCell* cells = state_.cells(x, y);
  if (cells[0].transform_depth == depth || log2_size == 3) return chroma_leaf(x, y, log2_size, depth, mode);
  double cost = 0;
  uint8_t cbf[3] = {0, 0, 0};
  const int half = 1 << (log2_size - 1);
  for (int i = 0; i < 4; ++i) {
    const int sub_x = x + (i & 1) * half, sub_y = y + (i >> 1) * half;
    cost += chroma_tree(sub_x, sub_y, log2_size - 1, depth + 1, mode);
    for (int c = 1; c < 3; ++c) cbf[c] |= state_.cells(sub_x, sub_y)->cbf[c] >> (depth + 1) & 1;
  }
  for (int i = 0; i < cell_count(log2_size); ++i) {
    for (int c = 1; c < 3; ++c) cells[i].cbf[c] |= static_cast<uint8_t>(cbf[c] << depth);
  }
  return cost;
}

double IntraSearch::chroma_leaf(int x, int y, int log2_size, int depth, int mode) {
  const int log2_chroma = std::max(2, log2_size - 1), size = 1 << log2_chroma;
  CodedCell* cells = state_.cells(x, y);
  alignas(64) Sample pred[32 * 32];
  double cost = 0;
  for (int c = 1; c < 3; ++c) {
    predict_chroma(c, x, y, log2_chroma, mode, pred);
    const BlockCost result = code_transform_block(state_, {c, x, y, log2_chroma, true, mode}, pred, size);
    cost += result.cost + state_.bit_cost(bin_cost(state_.contexts, kCtxCbfChroma + depth, result.coded));
    for (int i = 0; i < cell_count(log2_size); ++i)
      cells[i].cbf[c] = static_cast<uint8_t>(result.coded << depth);
  }
  return cost;
}

}  // namespace inloop::hevc
