// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/encoder/search/intra_search.h"

#include <algorithm>
#include <cstring>

#include "hevc/block/intra_prediction.h"

namespace inloop::hevc {

IntraSearch::Outcome IntraSearch::search_2Nx2N(int x, int y, int log2_size, int cqt_depth, double limit,
                                               double best) {
  start_cu(x, y, log2_size, cqt_depth, PartMode::p2Nx2N);
  const double luma = search_luma_mode(x, y, log2_size, 0, limit);
  if (luma == kInfiniteCost) return Outcome::unlikely;
  if (luma > best) return Outcome::worse;
  search_chroma_mode(x, y, log2_size);
  return Outcome::coded;
}

bool IntraSearch::search_NxN(int x, int y, int cqt_depth, double best) {
  start_cu(x, y, 3, cqt_depth, PartMode::pNxN);
  double luma = 0;
  for (int i = 0; i < 4; ++i) {
    const int part_x = x + (i & 1) * 4, part_y = y + (i >> 1) * 4;
    luma += search_luma_mode(part_x, part_y, 2, 1, kInfiniteCost);
    if (luma > best) return false;
    publish_block(state_.picture, *state_.ctu, part_x, part_y, 2);
  }
  search_chroma_mode(x, y, 3);
  return true;
}

void IntraSearch::start_cu(int x, int y, int log2_size, int cqt_depth, PartMode part_mode) {
  CodedCell cell;
  cell.cqt_depth = static_cast<uint8_t>(cqt_depth);
  cell.pred_mode = PredMode::intra;
  cell.part_mode = part_mode;
  cell.qp = static_cast<int8_t>(state_.qp);
  std::fill_n(state_.cells(x, y), cell_count(log2_size), cell);
}

// Chooses the luma mode and the transform tree of one prediction block, which is the node at `depth` of the
// transform tree. The modes compete with an unsplit transform; only the winner's tree is refined. Returns the cost, or
// kInfiniteCost where no mode has an estimate below `limit`.
double IntraSearch::search_luma_mode(int x, int y, int log2_size, int depth, double limit) {
  int mpm[3];
  derive_mpm(state_.picture, x, y, mpm);
  const IntraModeBits bits(state_, mpm);
  const bool four_blocks = log2_size > 5;
  const IntraModeList list =
      four_blocks ? likely_modes_64(mpm) : rate_intra_modes(state_, x, y, log2_size, mpm, bits);
  if (list.cost[0] > limit) return kInfiniteCost;
  const ModeChoice choice =
      four_blocks ? choose_mode_64(x, y, depth, list, bits) : choose_mode(x, y, log2_size, depth, list, bits);
  CodedCell* cells = state_.cells(x, y);
  for (int i = 0; i < cell_count(log2_size); ++i) cells[i].intra_mode = static_cast<uint8_t>(choice.mode);
  const int deepest = state_.tools.transform_depth_intra + depth;
  double tree = choice.tree_cost;
  if (!four_blocks) {
    tree = refine_tree(x, y, log2_size, depth, choice.mode, deepest, choice.tree_cost);
  } else if (deepest > 1) {
    tree = luma_tree(x, y, log2_size, depth, choice.mode, deepest);
  }
  return tree + state_.lambda * bits(choice.mode);
}

// All modes predict from the same samples outside the block, so only the winner needs a reconstruction.
IntraSearch::ModeChoice IntraSearch::choose_mode(int x, int y, int log2_size, int depth,
                                                 const IntraModeList& list, const IntraModeBits& bits) {
  const Sps& sps = state_.picture.sps();
  const int size = 1 << log2_size;
  alignas(64) Sample pred[2][32 * 32];
  alignas(64) int16_t levels[2][32 * 32];
  IntraReferences references;
  gather_intra_references(state_.picture, 0, x, y, log2_size, references);
  ModeChoice best;
  BlockCost best_block;
  double best_cost = kInfiniteCost;
  int best_slot = 0;
  for (int i = 0; i < list.count; ++i) {
    const int mode = list.mode[i], slot = 1 - best_slot;
    predict_intra(state_.kernels, references, 0, log2_size, mode, sps.bit_depth_luma,
                  sps.strong_intra_smoothing_enabled_flag, pred[slot], size);
    const BlockCost block =
        quantize_transform_block(state_, {0, x, y, log2_size, true, mode}, pred[slot], size, levels[slot]);
    const double tree = block.cost + cbf_cost(depth, block.coded);
    const double cost = tree + state_.lambda * bits(mode);
    if (cost >= best_cost) continue;
    best_cost = cost;
    best = {mode, tree};
    best_block = block;
    best_slot = slot;
  }
  std::memcpy(state_.ctu->levels(0, x, y), levels[best_slot], sizeof(int16_t) << 2 * log2_size);
  reconstruct_transform_block(state_, {0, x, y, log2_size, true, best.mode}, best_block, pred[best_slot],
                              size);
  set_leaf(x, y, log2_size, depth, best_block.coded);
  return best;
}

// Here every mode is reconstructed, because the four transform blocks predict from each other.
IntraSearch::ModeChoice IntraSearch::choose_mode_64(int x, int y, int depth, const IntraModeList& list,
                                                    const IntraModeBits& bits) {
  ModeChoice best;
  double best_cost = kInfiniteCost;
  int best_index = 0;
  for (int i = 0; i < list.count; ++i) {
    const double tree = luma_tree(x, y, 6, depth, list.mode[i], 1);
    const double cost = tree + state_.lambda * bits(list.mode[i]);
    if (cost >= best_cost) continue;
    best_cost = cost;
    best = {list.mode[i], tree};
    best_index = i;
    if (i + 1 < list.count) best_luma_.save(state_, 0, x, y, 6);
  }
  if (best_index + 1 < list.count) best_luma_.restore(state_, 0, x, y, 6);
  return best;
}

// Codes the block as a transform tree down to depth `deepest` at most. Returns its cost.
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

// Splits the block where that is cheaper than whole_cost, the cost of its present unsplit coding.
double IntraSearch::refine_tree(int x, int y, int log2_size, int depth, int mode, int deepest,
                                double whole_cost) {
  const bool coded = state_.cells(x, y)->cbf[0] >> depth & 1;
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
  set_leaf(x, y, log2_size, depth, result.coded);
  return result.cost + cbf_cost(depth, result.coded);
}

void IntraSearch::set_leaf(int x, int y, int log2_size, int depth, bool coded) {
  CodedCell* cells = state_.cells(x, y);
  for (int i = 0; i < cell_count(log2_size); ++i) {
    cells[i].transform_depth = static_cast<uint8_t>(depth);
    cells[i].cbf[0] = static_cast<uint8_t>(coded << depth);
  }
}

double IntraSearch::cbf_cost(int depth, bool coded) const {
  return state_.bit_cost(bin_cost(state_.contexts, kCtxCbfLuma + (depth == 0), coded));
}

}  // namespace inloop::hevc
