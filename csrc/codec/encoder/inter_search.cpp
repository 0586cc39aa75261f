// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "codec/encoder/inter_search.h"

#include <algorithm>
#include <cstring>

#include "codec/encoder/syntax_writer.h"
#include "codec/inter_prediction.h"

namespace inloop::codec {

InterSearch::InterSearch(SearchState& state, const SearchPlanes& planes)
    : state_(state),
      planes_(planes),
      motion_(state),
      residual_(state),
      pred_(state.picture.width(), state.picture.height()) {}

MotionContext InterSearch::motion_context() const {
  const Picture* collocated = state_.slice.temporal_mvp_enabled_flag
                                  ? state_.refs.pic[0][state_.slice.collocated_ref_idx].get()
                                  : nullptr;
  return {&state_.picture, &state_.slice, &state_.refs, collocated};
}

CodedUnit InterSearch::make_unit(int cqt_depth, PartMode part_mode) const {
  CodedUnit unit;
  unit.cqt_depth = static_cast<uint8_t>(cqt_depth);
  unit.pred_mode = PredMode::inter;
  unit.part_mode = part_mode;
  unit.qp = static_cast<int8_t>(state_.slice.slice_qp);
  return unit;
}

double InterSearch::merge_idx_cost(int index) const {
  BitCounter counter(state_.contexts);
  SyntaxWriter<BitCounter>(counter, state_.picture, state_.slice, *state_.ctu).merge_idx(index);
  return state_.satd_bit_cost(counter.cost());
}

uint32_t InterSearch::prediction_satd(const PredictionBlock& block, const MotionInfo& motion) {
  if (!motion.is_bi()) {
    const int list = motion.uses(0) ? 0 : 1;
    const Mv mv = motion.mv[list];
    const SearchPlane& plane = *planes_.plane[list][motion.ref_idx[list]];
    if (plane.covers(block.x + (mv.x >> 2), block.y + (mv.y >> 2), block.width, block.height)) {
      return motion_.satd(block, plane, mv);
    }
  }
  predict(block, motion);
  return state_.kernels.satd(state_.source_at(0, block.x, block.y), state_.source_stride(0),
                             pred_.planes[0].row(block.y) + block.x, pred_.planes[0].stride(), block.width,
                             block.height);
}

void InterSearch::predict(const PredictionBlock& block, const MotionInfo& motion) {
  predict_inter(state_.kernels, state_.refs, state_.slice, state_.picture.sps(), block.x, block.y,
                block.width, block.height, motion, pred_);
}

int InterSearch::rank_merge(int x, int y, int log2_size, MergeChoice choices[5]) {
  const PredictionBlock block = partition_block(x, y, 1 << log2_size, PartMode::p2Nx2N, 0);
  MotionInfo candidates[5];
  const int last = state_.slice.max_num_merge_cand - 1;
  derive_merge_candidates(motion_context(), block, last, candidates);
  int count = 0;
  for (int i = 0; i <= last; ++i) {
    if (std::find(candidates, candidates + i, candidates[i]) != candidates + i) continue;
    choices[count++] = {i, candidates[i], prediction_satd(block, candidates[i]) + merge_idx_cost(i)};
  }
  std::stable_sort(choices, choices + count, [](const auto& a, const auto& b) { return a.cost < b.cost; });
  return count;
}

bool InterSearch::code_merge(int x, int y, int log2_size, int cqt_depth, const MergeChoice& choice) {
  CodedUnit unit = make_unit(cqt_depth, PartMode::p2Nx2N);
  unit.merge = true;
  unit.merge_idx = static_cast<uint8_t>(choice.index);
  unit.motion = choice.motion;
  std::fill_n(state_.units(x, y), unit_count(log2_size), unit);
  predict(partition_block(x, y, 1 << log2_size, PartMode::p2Nx2N, 0), choice.motion);
  return code_residual(x, y, log2_size);
}

void InterSearch::code_skip(int x, int y, int log2_size, int cqt_depth, const MergeChoice& choice) {
  CodedUnit unit = make_unit(cqt_depth, PartMode::p2Nx2N);
  unit.merge = unit.skip = true;
  unit.merge_idx = static_cast<uint8_t>(choice.index);
  unit.motion = choice.motion;
  std::fill_n(state_.units(x, y), unit_count(log2_size), unit);
  predict(partition_block(x, y, 1 << log2_size, PartMode::p2Nx2N, 0), choice.motion);
  for (int c = 0; c < 3; ++c) {
    const int shift = c ? 1 : 0, size = 1 << (log2_size - shift);
    for (int row = 0; row < size; ++row) {
      std::memcpy(state_.rec_at(c, x >> shift, (y >> shift) + row),
                  pred_.planes[c].row((y >> shift) + row) + (x >> shift),
                  sizeof(Sample) * static_cast<size_t>(size));
    }
  }
}

bool InterSearch::code_residual(int x, int y, int log2_size) {
  residual_.code(x, y, log2_size, pred_);
  const CodedUnit& unit = *state_.units(x, y);
  return (unit.cbf[0] | unit.cbf[1] | unit.cbf[2]) & 1;
}

bool InterSearch::code_partitions(int x, int y, int log2_size, int cqt_depth, PartMode part_mode) {
  std::fill_n(state_.units(x, y), unit_count(log2_size), make_unit(cqt_depth, part_mode));
  for (int i = 0; i < partition_count(part_mode); ++i) {
    const PredictionBlock block = partition_block(x, y, 1 << log2_size, part_mode, i);
    const PartitionChoice choice = search_partition(block);
    store_partition(block, choice);
    predict(block, choice.motion);
  }
  return code_residual(x, y, log2_size);
}

InterSearch::PartitionChoice InterSearch::search_partition(const PredictionBlock& block) {
  const MotionContext context = motion_context();
  // Merging a whole unit is tried apart.
  PartitionChoice best = block.part_mode == PartMode::p2Nx2N ? PartitionChoice{} : best_merge(block);
  for (int ref = 0; ref < state_.refs.num[0]; ++ref) {
    Mv predictors[2];
    derive_amvp_candidates(context, block, 0, ref, predictors);
    const auto result = motion_.search(block, *planes_.plane[0][ref], predictors, &last_mv_[ref], 1);
    if (result.cost == kInfiniteCost) continue;
    last_mv_[ref] = result.mv;
    const int ref_bits = state_.refs.num[0] == 1 ? 0 : std::min(ref + 1, state_.refs.num[0] - 1);
    const double cost = result.cost + state_.lambda_satd * ref_bits;
    if (cost >= best.cost) continue;
    best = PartitionChoice{};
    best.motion.mv[0] = result.mv;
    best.motion.ref_idx[0] = static_cast<int8_t>(ref);
    best.mvp_idx = result.mvp_idx;
    best.mvd = result.mvd;
    best.cost = cost;
  }
  return best;
}

InterSearch::PartitionChoice InterSearch::best_merge(const PredictionBlock& block) {
  MotionInfo candidates[5];
  const int last = state_.slice.max_num_merge_cand - 1;
  derive_merge_candidates(motion_context(), block, last, candidates);
  PartitionChoice best;
  for (int i = 0; i <= last; ++i) {
    if (std::find(candidates, candidates + i, candidates[i]) != candidates + i) continue;
    const double cost = prediction_satd(block, candidates[i]) + merge_idx_cost(i);
    if (cost >= best.cost) continue;
    best = PartitionChoice{};
    best.motion = candidates[i];
    best.merge = true;
    best.merge_idx = i;
    best.cost = cost;
  }
  return best;
}

// Later partitions and blocks predict their motion from this one's, so that the picture gets it at once.
void InterSearch::store_partition(const PredictionBlock& block, const PartitionChoice& choice) {
  for (int y = block.y; y < block.y + block.height; y += kMinUnit) {
    for (int x = block.x; x < block.x + block.width; x += kMinUnit) {
      CodedUnit& unit = *state_.units(x, y);
      unit.motion = choice.motion;
      unit.merge = choice.merge;
      unit.merge_idx = static_cast<uint8_t>(choice.merge_idx);
      unit.mvp_idx[0] = static_cast<uint8_t>(choice.mvp_idx);
      unit.mvd[0] = choice.mvd;
      state_.picture.motion[state_.picture.unit(x, y)] = choice.motion;
      state_.picture.pred_mode[state_.picture.unit(x, y)] = PredMode::inter;
    }
  }
}

}  // namespace inloop::codec
