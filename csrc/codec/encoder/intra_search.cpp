// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "codec/encoder/intra_search.h"

#include <algorithm>
#include <cstring>

#include "codec/encoder/syntax_writer.h"
#include "codec/intra_prediction.h"

namespace inloop::codec {
namespace {

constexpr int kModeCount = 35;
constexpr int kLargestTransform = 32;

}  // namespace

void IntraSearch::ModeList::insert(int new_mode, double new_cost, int capacity) {
  int at = count;
  while (at > 0 && cost[at - 1] > new_cost) --at;
  if (at >= capacity) return;
  count = std::min(count + 1, capacity);
  for (int i = count - 1; i > at; --i) {
    mode[i] = mode[i - 1];
    cost[i] = cost[i - 1];
  }
  mode[at] = new_mode;
  cost[at] = new_cost;
}

bool IntraSearch::ModeList::contains(int wanted) const {
  return std::find(mode, mode + count, wanted) != mode + count;
}

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

double IntraSearch::mode_cost(const int mpm[3], int mode) const {
  BitCounter counter(state_.contexts);
  SyntaxWriter<BitCounter> writer(counter, state_.picture, state_.slice, *state_.ctu);
  writer.prev_intra_luma_pred_flag(mpm, mode);
  writer.intra_luma_mode(mpm, mode);
  return static_cast<double>(counter.cost()) / kOneBit;
}

// Best modes by SATD of the whole block's prediction, and the most probable ones.
IntraSearch::ModeList IntraSearch::candidate_modes(int x, int y, int log2_size, const int mpm[3]) {
  IntraReferences references;
  gather_intra_references(state_.picture, 0, x, y, log2_size, references);
  const int size = 1 << log2_size;
  const Sps& sps = state_.picture.sps();
  alignas(64) Sample pred[32 * 32];
  ModeList list;
  const int capacity = std::max(1, state_.tools.intra_checks - std::max(0, log2_size - 3));
  const double mpm_cost[3] = {mode_cost(mpm, mpm[0]), mode_cost(mpm, mpm[1]), mode_cost(mpm, mpm[2])};
  int other = 0;
  while (other == mpm[0] || other == mpm[1] || other == mpm[2]) ++other;
  const double other_cost = mode_cost(mpm, other);
  for (int mode = 0; mode < kModeCount; ++mode) {
    predict_intra(state_.kernels, references, 0, log2_size, mode, sps.bit_depth_luma,
                  sps.strong_intra_smoothing_enabled_flag, pred, size);
    double bits = other_cost;
    for (int i = 0; i < 3; ++i) bits = mode == mpm[i] ? mpm_cost[i] : bits;
    const uint32_t satd =
        state_.kernels.satd(state_.source_at(0, x, y), state_.source_stride(0), pred, size, size, size);
    list.insert(mode, satd + state_.lambda_satd * bits, capacity);
  }
  for (int i = 0; i < 2; ++i) {
    if (!list.contains(mpm[i])) list.insert(mpm[i], kInfiniteCost, kModeCount);
  }
  return list;
}

// A 64x64 unit has four 32x32 transform blocks, so that no prediction of the whole block exists to be rated;
// only smooth content is coded that way.
IntraSearch::ModeList IntraSearch::candidate_modes_64(const int mpm[3]) const {
  ModeList list;
  for (int mode : {int{kIntraPlanar}, int{kIntraDc}, mpm[0]}) {
    if (!list.contains(mode)) list.insert(mode, 0, kModeCount);
  }
  return list;
}

// Luma mode and transform tree of one prediction block, which is the transform tree node at `depth`.
void IntraSearch::search_luma_mode(int x, int y, int log2_size, int depth) {
  int mpm[3];
  derive_mpm(state_.picture, x, y, mpm);
  const ModeList list = log2_size > 5 ? candidate_modes_64(mpm) : candidate_modes(x, y, log2_size, mpm);
  const int shallow = log2_size > 5 ? 1 : depth;
  const int deepest = state_.picture.sps().max_transform_hierarchy_depth_intra + depth;
  double best_cost = kInfiniteCost;
  int best_mode = list.mode[0];
  for (int i = 0; i < list.count && list.count > 1; ++i) {
    const double cost = luma_tree(x, y, log2_size, depth, list.mode[i], shallow) +
                        state_.lambda * mode_cost(mpm, list.mode[i]);
    if (cost < best_cost) {
      best_cost = cost;
      best_mode = list.mode[i];
    }
  }
  CodedUnit* units = state_.units(x, y);
  for (int i = 0; i < unit_count(log2_size); ++i) units[i].intra_mode = static_cast<uint8_t>(best_mode);
  luma_tree(x, y, log2_size, depth, best_mode, std::max(deepest, shallow));
}

double IntraSearch::luma_tree(int x, int y, int log2_size, int depth, int mode, int deepest) {
  const bool forced = log2_size > 5;
  const bool may_split = log2_size > 2 && depth < deepest;
  double whole_cost = kInfiniteCost;
  const int size = 1 << log2_size;
  alignas(64) Sample saved_rec[32 * 32];
  alignas(64) int16_t saved_levels[32 * 32];
  CodedUnit* units = state_.units(x, y);
  if (!forced) {
    whole_cost = luma_leaf(x, y, log2_size, depth, mode);
    const bool coded = units[0].cbf[0] >> depth & 1;
    if (!may_split || !coded) return whole_cost;
    whole_cost += state_.bit_cost(bin_cost(state_.contexts, kCtxSplitTransform + 5 - log2_size, 0));
    for (int v = 0; v < size; ++v) {
      std::memcpy(saved_rec + v * size, state_.rec_at(0, x, y + v),
                  sizeof(Sample) * static_cast<size_t>(size));
    }
    std::memcpy(saved_levels, state_.ctu->levels(0, x, y), sizeof(int16_t) << 2 * log2_size);
  }
  double split_cost =
      forced ? 0 : state_.bit_cost(bin_cost(state_.contexts, kCtxSplitTransform + 5 - log2_size, 1));
  for (int i = 0; i < 4; ++i) {
    split_cost +=
        luma_tree(x + (i & 1) * size / 2, y + (i >> 1) * size / 2, log2_size - 1, depth + 1, mode, deepest);
  }
  if (split_cost < whole_cost) return split_cost;
  for (int v = 0; v < size; ++v) {
    std::memcpy(state_.rec_at(0, x, y + v), saved_rec + v * size, sizeof(Sample) * static_cast<size_t>(size));
  }
  std::memcpy(state_.ctu->levels(0, x, y), saved_levels, sizeof(int16_t) << 2 * log2_size);
  for (int i = 0; i < unit_count(log2_size); ++i) {
    units[i].transform_depth = static_cast<uint8_t>(depth);
    units[i].cbf[0] = static_cast<uint8_t>(1 << depth);
  }
  return whole_cost;
}

double IntraSearch::luma_leaf(int x, int y, int log2_size, int depth, int mode) {
  const Sps& sps = state_.picture.sps();
  const int size = 1 << log2_size;
  alignas(64) Sample pred[kLargestTransform * kLargestTransform];
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

// Derived mode against the best of all by SATD, both fully coded.
void IntraSearch::search_chroma_mode(int x, int y, int log2_size) {
  CodedUnit* units = state_.units(x, y);
  const int luma_mode = units[0].intra_mode;
  int rough_best = 4;
  double rough_cost = kInfiniteCost;
  for (int syntax = 4; syntax >= 0; --syntax) {
    const double bits = syntax == 4 ? 1 : 3;
    const double cost =
        rough_chroma_cost(x, y, log2_size, derive_chroma_mode(luma_mode, syntax)) + state_.lambda_satd * bits;
    if (cost < rough_cost) {
      rough_cost = cost;
      rough_best = syntax;
    }
  }
  int best = 4;
  if (rough_best != 4) {
    const double flag_difference = state_.bit_cost(bin_cost(state_.contexts, kCtxIntraChroma, 1)) +
                                   2 * state_.lambda -
                                   state_.bit_cost(bin_cost(state_.contexts, kCtxIntraChroma, 0));
    const double derived = chroma_tree(x, y, log2_size, 0, derive_chroma_mode(luma_mode, 4));
    const double other =
        chroma_tree(x, y, log2_size, 0, derive_chroma_mode(luma_mode, rough_best)) + flag_difference;
    if (other < derived) best = rough_best;
    if (best == 4) chroma_tree(x, y, log2_size, 0, derive_chroma_mode(luma_mode, 4));
  } else {
    chroma_tree(x, y, log2_size, 0, derive_chroma_mode(luma_mode, 4));
  }
  for (int i = 0; i < unit_count(log2_size); ++i) units[i].intra_chroma_mode = static_cast<uint8_t>(best);
}

double IntraSearch::rough_chroma_cost(int x, int y, int log2_size, int mode) {
  const int log2_chroma = std::max(2, log2_size - 1), size = 1 << log2_chroma;
  alignas(64) Sample pred[32 * 32];
  double cost = 0;
  for (int c = 1; c < 3; ++c) {
    IntraReferences references;
    gather_intra_references(state_.picture, c, x / 2, y / 2, log2_chroma, references);
    predict_intra(state_.kernels, references, c, log2_chroma, mode, state_.picture.sps().bit_depth_chroma,
                  false, pred, size);
    cost += state_.kernels.satd(state_.source_at(c, x / 2, y / 2), state_.source_stride(c), pred, size, size,
                                size);
  }
  return cost;
}

double IntraSearch::chroma_tree(int x, int y, int log2_size, int depth, int mode) {
  CodedUnit* units = state_.units(x, y);
  if (units[0].transform_depth == depth || log2_size == 3) return chroma_leaf(x, y, log2_size, depth, mode);
  double cost = 0;
  uint8_t cbf[3] = {0, 0, 0};
  const int half = 1 << (log2_size - 1);
  for (int i = 0; i < 4; ++i) {
    const int sub_x = x + (i & 1) * half, sub_y = y + (i >> 1) * half;
    cost += chroma_tree(sub_x, sub_y, log2_size - 1, depth + 1, mode);
    for (int c = 1; c < 3; ++c) cbf[c] |= state_.units(sub_x, sub_y)->cbf[c] >> (depth + 1) & 1;
  }
  for (int i = 0; i < unit_count(log2_size); ++i) {
    for (int c = 1; c < 3; ++c) units[i].cbf[c] |= static_cast<uint8_t>(cbf[c] << depth);
  }
  return cost;
}

double IntraSearch::chroma_leaf(int x, int y, int log2_size, int depth, int mode) {
  const int log2_chroma = std::max(2, log2_size - 1), size = 1 << log2_chroma;
  CodedUnit* units = state_.units(x, y);
  alignas(64) Sample pred[32 * 32];
  double cost = 0;
  for (int c = 1; c < 3; ++c) {
    IntraReferences references;
    gather_intra_references(state_.picture, c, x / 2, y / 2, log2_chroma, references);
    predict_intra(state_.kernels, references, c, log2_chroma, mode, state_.picture.sps().bit_depth_chroma,
                  false, pred, size);
    const BlockCost result = code_transform_block(state_, {c, x, y, log2_chroma, true, mode}, pred, size);
    cost += result.cost + state_.bit_cost(bin_cost(state_.contexts, kCtxCbfChroma + depth, result.coded));
    for (int i = 0; i < unit_count(log2_size); ++i)
      units[i].cbf[c] = static_cast<uint8_t>(result.coded << depth);
  }
  return cost;
}

}  // namespace inloop::codec
