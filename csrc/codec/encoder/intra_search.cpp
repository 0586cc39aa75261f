// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "codec/encoder/intra_search.h"

#include <algorithm>

#include "codec/encoder/intra_modes.h"
#include "codec/intra_prediction.h"

namespace inloop::codec {

void IntraSearch::search_2Nx2N(int x, int y, int log2_size, int cqt_depth) {
  start_unit(x, y, log2_size, cqt_depth, PartMode::p2Nx2N);
  search_luma_mode(x, y, log2_size, 0);
  search_chroma_mode(x, y, log2_size);
}

void IntraSearch::search_NxN(int x, int y, int cqt_depth) {
  start_unit(x, y, 3, cqt_depth, PartMode::pNxN);
  for (int i = 0; i < 4; ++i) {
    const int part_x = x + (i & 1) * 4, part_y = y + (i >> 1) * 4;
    search_luma_mode(part_x, part_y, 2, 1);
    publish_block(state_.picture, *state_.ctu, part_x, part_y, 2);
  }
  search_chroma_mode(x, y, 3);
}

void IntraSearch::start_unit(int x, int y, int log2_size, int cqt_depth, PartMode part_mode) {
  CodedUnit unit;
  unit.cqt_depth = static_cast<uint8_t>(cqt_depth);
  unit.pred_mode = PredMode::intra;
  unit.part_mode = part_mode;
  unit.qp = static_cast<int8_t>(state_.slice.slice_qp);
  std::fill_n(state_.units(x, y), unit_count(log2_size), unit);
}

// Luma mode and transform tree of one prediction block, which is the transform tree node at `depth`. Modes
// compete without splits of the tree; the winner's tree is refined.
void IntraSearch::search_luma_mode(int x, int y, int log2_size, int depth) {
  int mpm[3];
  derive_mpm(state_.picture, x, y, mpm);
  const IntraModeBits bits(state_, mpm);
  const bool four_blocks = log2_size > 5;
  const IntraModeList list =
      four_blocks ? likely_modes_64(mpm) : rate_intra_modes(state_, x, y, log2_size, mpm, bits);
  const int shallow = four_blocks ? 1 : depth;
  double best_cost = kInfiniteCost;
  int best = 0;
  for (int i = 0; i < list.count; ++i) {
    const double tree = luma_tree(x, y, log2_size, depth, list.mode[i], shallow);
    const double cost = tree + state_.lambda * bits(list.mode[i]);
    if (cost >= best_cost) continue;
    best_cost = cost;
    best = i;
    if (i + 1 < list.count) best_luma_.save(state_, 0, x, y, log2_size);
  }
  if (best + 1 < list.count) best_luma_.restore(state_, 0, x, y, log2_size);
  const int mode = list.mode[best];
  CodedUnit* units = state_.units(x, y);
  for (int i = 0; i < unit_count(log2_size); ++i) units[i].intra_mode = static_cast<uint8_t>(mode);

  const int deepest = state_.tools.transform_depth_intra + depth;
  if (deepest <= shallow) return;
  if (four_blocks) {
    luma_tree(x, y, log2_size, depth, mode, deepest);
  } else {
    refine_tree(x, y, log2_size, depth, mode, deepest, best_cost - state_.lambda * bits(mode));
  }
}

// Codes the block as a tree of at most `deepest` levels; returns its cost.
double IntraSearch::luma_tree(int x, int y, int log2_size, int depth, int mode, int deepest) {
  if (log2_size <= 5) {
    const double whole = luma_leaf(x, y, log2_size, depth, mode);
    return refine_tree(x, y, log2_size, depth, mode, deepest, whole);
  }
  const int half = 1 << (log2_size - 1);
  double cost = 0;
  for (int i = 0; i < 4; ++i) {
    cost += luma_tree(x + (i & 1) * half, y + (i >> 1) * half, log2_size - 1, depth + 1, mode, deepest);
  }
  return cost;
}

// Splits the block, which is coded as a whole at whole_cost, where that is cheaper.
double IntraSearch::refine_tree(int x, int y, int log2_size, int depth, int mode, int deepest,
                                double whole_cost) {
  const bool coded = state_.units(x, y)->cbf[0] >> depth & 1;
  if (log2_size <= 2 || depth >= deepest || !coded) return whole_cost;
  const int context = kCtxSplitTransform + 5 - log2_size;
  const double unsplit = whole_cost + state_.bit_cost(bin_cost(state_.contexts, context, 0));
  ComponentBackup<32> whole;
  whole.save(state_, 0, x, y, log2_size);
  double split = state_.bit_cost(bin_cost(state_.contexts, context, 1));
  const int half = 1 << (log2_size - 1);
  for (int i = 0; i < 4 && split < unsplit; ++i) {
    split += luma_tree(x + (i & 1) * half, y + (i >> 1) * half, log2_size - 1, depth + 1, mode, deepest);
  }
  if (split < unsplit) return split;
  whole.restore(state_, 0, x, y, log2_size);
  return whole_cost;
}

double IntraSearch::luma_leaf(int x, int y, int log2_size, int depth, int mode) {
  const Sps& sps = state_.picture.sps();
  const int size = 1 << log2_size;
  alignas(64) Sample pred[32 * 32];
  IntraReferences references;
  gather_intra_references(state_.picture, 0, x, y, log2_size, references);
  predict_intra(state_.kernels, references, 0, log2_size, mode, sps.bit_depth_luma,
                sps.strong_intra_smoothing_enabled_flag, pred, size);
  const BlockCost result = code_transform_block(state_, {0, x, y, log2_size, true, mode}, pred, size);
  CodedUnit* units = state_.units(x, y);
  for (int i = 0; i < unit_count(log2_size); ++i) {
    units[i].transform_depth = static_cast<uint8_t>(depth);
    units[i].cbf[0] = static_cast<uint8_t>(result.coded << depth);
  }
  return result.cost + state_.bit_cost(bin_cost(state_.contexts, kCtxCbfLuma + (depth == 0), result.coded));
}

}  // namespace inloop::codec
