// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/encoder/search/partition_search.h"

#include <algorithm>
#include <bit>

#include "hevc/block/inter_prediction.h"
#include "hevc/encoder/write/syntax_writer.h"

namespace inloop::hevc {
namespace {

constexpr int kBothLists = 2;

// Search ranges around the best start, in samples, of CUs as large as the CTU, of smaller CUs, and of parts
// of CUs.
constexpr int kTopRange = 32;
constexpr int kCuRange = 16;
constexpr int kPartRange = 4;

// CUs of 8 samples have index 0.
size_t size_index(const PredictionBlock& block) {
  return static_cast<size_t>(std::bit_width(static_cast<unsigned>(block.cu_size)) - 4);
}

}  // namespace

PartitionSearch::PartitionSearch(SearchState& state, const SearchPlanes& planes)
    : state_(state), planes_(planes), motion_(state), bi_(state) {}

MotionContext PartitionSearch::motion_context() const {
  return {&state_.picture, &state_.slice, &state_.refs, state_.collocated()};
}

void PartitionSearch::predict(const PredictionBlock& block, const MotionInfo& motion) {
  predict_inter(state_.kernels, state_.refs, state_.slice, state_.picture.sps(), block.x, block.y,
                block.width, block.height, motion, state_.inter_pred);
}

double PartitionSearch::merge_idx_cost(int index) const {
  BitCounter counter(state_.contexts);
  SyntaxWriter<BitCounter>(counter, state_.picture, state_.slice, *state_.ctu).merge_idx(index);
  return state_.satd_bit_cost(counter.cost());
}

bool PartitionSearch::covered(const PredictionBlock& block, const MotionInfo& motion, int list) const {
  const Mv mv = motion.mv[list];
  const SearchPlane& plane = *planes_.plane[list][motion.ref_idx[list]];
  const int x = block.x + (mv.x >> 2), y = block.y + (mv.y >> 2);
  // Without the plane, the block is predicted from the picture itself, whose rows are as far as those of the plane.
  return plane.wait(y + block.height) && plane.covers(x, y, block.width, block.height);
}

uint32_t PartitionSearch::merge_satd(const PredictionBlock& block, const MotionInfo& motion) {
  if ((!motion.uses(0) || covered(block, motion, 0)) && (!motion.uses(1) || covered(block, motion, 1))) {
    const int list = motion.uses(1) ? 1 : 0;
    const SearchPlane& plane = *planes_.plane[list][motion.ref_idx[list]];
    if (!motion.is_bi()) return motion_.satd(block, plane, motion.mv[list]);
    bi_.fix(block, *planes_.plane[0][motion.ref_idx[0]], motion.mv[0]);
    return bi_.satd(plane, motion.mv[1]);
  }
  predict(block, motion);
  const Plane<Sample>& pred = state_.inter_pred.planes[0];
  return state_.kernels.satd(state_.source_at(0, block.x, block.y), state_.source_stride(0),
                             pred.row(block.y) + block.x, pred.stride(), block.width, block.height);
}

int PartitionSearch::rank_merge(const PredictionBlock& block, PartitionChoice choices[5]) {
  MotionInfo candidates[5];
  const int last = state_.slice.max_num_merge_cand - 1;
  derive_merge_candidates(motion_context(), block, last, candidates);
  int count = 0;
  for (int i = 0; i <= last; ++i) {
    if (std::find(candidates, candidates + i, candidates[i]) != candidates + i) continue;
    PartitionChoice& choice = choices[count++];
    choice = PartitionChoice{};
    choice.motion = candidates[i];
    choice.merge = true;
    choice.merge_idx = i;
    choice.cost = merge_satd(block, candidates[i]) + merge_idx_cost(i);
  }
  std::stable_sort(choices, choices + count, [](const auto& a, const auto& b) { return a.cost < b.cost; });
  return count;
}

PartitionChoice PartitionSearch::search_vectors(const PredictionBlock& block) {
  sad_limit_ = kInfiniteCost;
  search_list(block, 0);
  if (state_.slice.is_b()) search_list(block, 1);
  PartitionChoice best = choose_uni(block);
  other_ = state_.slice.is_b() && block.may_be_bi() ? choose_bi(block) : PartitionChoice{};
  if (other_.cost < best.cost) std::swap(best, other_);
  if (block.part_mode == PartMode::p2Nx2N) {
    Found& found = found_[size_index(block)];
    for (int list = 0; list < (state_.slice.is_b() ? 2 : 1); ++list) {
      found.best_ref[list] = best.motion.uses(list) ? best.motion.ref_idx[list] : best_ref(list);
    }
  }
  return best;
}

// Prices inter_pred_idc, where the direction is list 0, list 1 or both.
double PartitionSearch::direction_cost(const PredictionBlock& block, int direction) const {
  if (!state_.slice.is_b()) return 0;
  uint64_t cost = 0;
  if (block.may_be_bi()) {
    const int depth = state_.cells(block.cu_x, block.cu_y)->cqt_depth;
    cost += bin_cost(state_.contexts, kCtxInterPredIdc + depth, direction == kBothLists);
  }
  if (direction != kBothLists) cost += bin_cost(state_.contexts, kCtxInterPredIdc + 4, direction);
  return state_.satd_bit_cost(cost);
}

// Returns the entry of list 0 that is the same picture as this entry of list 1, or -1 if there is none.
int PartitionSearch::same_in_list0(int ref) const {
  for (int i = 0; i < state_.refs.num[0]; ++i) {
    if (state_.refs.pic[0][i] == state_.refs.pic[1][ref]) return i;
  }
  return -1;
}

MotionStarts PartitionSearch::starts(const PredictionBlock& block, int list, int ref) const {
  MotionStarts out;
  const size_t index = size_index(block);
  out.add(found_[index].mv[list][ref]);
  const bool top = block.cu_size == state_.picture.sps().ctb_size();
  if (!top) out.add(found_[index + 1].mv[list][ref]);
  const int part_range = state_.tools.all_references ? kCuRange : kPartRange;
  out.range = block.part_mode != PartMode::p2Nx2N ? part_range : top ? kTopRange : kCuRange;
  return out;
}

bool PartitionSearch::is_searched(const PredictionBlock& block, int list, int ref) const {
  if (state_.tools.all_references || block.part_mode == PartMode::p2Nx2N) return true;
  const int* best = found_[size_index(block)].best_ref;
  // Pictures that both lists hold are searched for list 0 only.
  return ref == best[list] || (list == 0 && state_.slice.is_b() && ref == same_in_list0(best[1]));
}

void PartitionSearch::search_list(const PredictionBlock& block, int list) {
  const MotionContext context = motion_context();
  const int count = state_.refs.num[list];
  const bool whole = block.part_mode == PartMode::p2Nx2N;
  for (int ref = 0; ref < count; ++ref) {
    Uni& uni = uni_[list][ref];
    derive_amvp_candidates(context, block, list, ref, uni.predictors);
    const int same = list == 1 ? same_in_list0(ref) : -1;
    if (same >= 0) {  // the picture was searched for list 0, so only the predictors differ
      uni.found = uni_[0][same].found;
      uni.found.cost = uni.found.satd + state_.lambda_satd * vector_bits(uni.found.mv, uni.predictors);
      if (uni_[0][same].cost == kInfiniteCost) uni.found.cost = kInfiniteCost;
    } else if (is_searched(block, list, ref)) {
      uni.found = motion_.search(block, *planes_.plane[list][ref], uni.predictors, starts(block, list, ref),
                                 sad_limit_);
    } else {
      uni.found = {};
    }
    if (whole && uni.found.cost != kInfiniteCost) found_[size_index(block)].mv[list][ref] = uni.found.mv;
    uni.ref_bits = count == 1 ? 0 : std::min(ref + 1, count - 1);
    uni.cost = uni.found.cost + state_.lambda_satd * uni.ref_bits;
  }
}

int PartitionSearch::best_ref(int list) const {
  const Uni* first = uni_[list];
  return static_cast<int>(std::min_element(first, first + state_.refs.num[list],
                                           [](const Uni& a, const Uni& b) { return a.cost < b.cost; }) -
                          first);
}

PartitionChoice PartitionSearch::choose_uni(const PredictionBlock& block) const {
  PartitionChoice best;
  for (int list = 0; list < (state_.slice.is_b() ? 2 : 1); ++list) {
    const int ref = best_ref(list);
    const Uni& uni = uni_[list][ref];
    const double cost = uni.cost + direction_cost(block, list);
    if (cost >= best.cost) continue;
    MotionInfo motion;
    motion.mv[list] = uni.found.mv;
    motion.ref_idx[list] = static_cast<int8_t>(ref);
    best = make_choice(motion, cost);
  }
  return best;
}

PartitionChoice PartitionSearch::make_choice(const MotionInfo& motion, double cost) const {
  PartitionChoice choice;
  choice.motion = motion;
  choice.cost = cost;
  for (int list = 0; list < 2; ++list) {
    if (!motion.uses(list)) continue;
    const CodedVector coded = code_vector(motion.mv[list], uni_[list][motion.ref_idx[list]].predictors);
    choice.mvd[list] = coded.mvd;
    choice.mvp_idx[list] = coded.mvp_idx;
  }
  return choice;
}

// Chooses where the search of a bi-predicted block starts. Returns false where no vector is known.
bool PartitionSearch::start_bi(const PredictionBlock& block, MotionInfo& motion) {
  for (int list = 0; list < 2; ++list) {
    const int ref = best_ref(list);
    if (uni_[list][ref].cost == kInfiniteCost) return false;
    motion.ref_idx[list] = static_cast<int8_t>(ref);
    motion.mv[list] = uni_[list][ref].found.mv;
  }
  if (!state_.slice.mvd_l1_zero_flag) return true;
  // The vector of list 1 is a predictor without difference, so the one that predicts best by itself is taken.
  double least = kInfiniteCost;
  for (int ref = 0; ref < state_.refs.num[1]; ++ref) {
    for (const Mv& predictor : uni_[1][ref].predictors) {
      MotionInfo candidate;
      candidate.ref_idx[1] = static_cast<int8_t>(ref);
      candidate.mv[1] = predictor;
      if (!covered(block, candidate, 1)) continue;
      const double cost =
          motion_.satd(block, *planes_.plane[1][ref], predictor) + state_.lambda_satd * uni_[1][ref].ref_bits;
      if (cost >= least) continue;
      least = cost;
      motion.ref_idx[1] = static_cast<int8_t>(ref);
      motion.mv[1] = predictor;
    }
  }
  return least != kInfiniteCost;
}

// Prices the part of one list that stays the same while the other list is refined.
double PartitionSearch::fixed_cost(const MotionInfo& motion, int list) const {
  const Uni& uni = uni_[list][motion.ref_idx[list]];
  const bool vector_is_coded = !(list == 1 && state_.slice.mvd_l1_zero_flag);
  const int bits = vector_is_coded ? vector_bits(motion.mv[list], uni.predictors) : 1;
  return state_.lambda_satd * (uni.ref_bits + bits);
}

// Searches the vector of one list again while the prediction of the other list stays, taking turns.
PartitionChoice PartitionSearch::choose_bi(const PredictionBlock& block) {
  MotionInfo motion;
  if (!start_bi(block, motion)) return {};
  const bool second_is_free = !state_.slice.mvd_l1_zero_flag;
  int list = second_is_free && uni_[0][motion.ref_idx[0]].cost <= uni_[1][motion.ref_idx[1]].cost ? 1 : 0;
  double cost = kInfiniteCost;
  for (int i = 0; i < (second_is_free ? state_.tools.bi_iterations : 1); ++i, list = 1 - list) {
    const double before = cost;
    refine_bi(block, list, i == 0, motion, cost);
    if (cost >= before) break;
  }
  return make_choice(motion, cost + direction_cost(block, kBothLists));
}

// Improves the vector of one list (with all_refs, its reference too). `cost` excludes the bits of the
// direction.
void PartitionSearch::refine_bi(const PredictionBlock& block, int list, bool all_refs, MotionInfo& motion,
                                double& cost) {
  const int other = 1 - list, current = motion.ref_idx[list];
  const double other_cost = fixed_cost(motion, other);
  bi_.fix(block, *planes_.plane[other][motion.ref_idx[other]], motion.mv[other]);
  const Mv start = motion.mv[list];
  for (int ref = 0; ref < state_.refs.num[list]; ++ref) {
    if (ref != current && (!all_refs || uni_[list][ref].cost == kInfiniteCost)) continue;
    const Uni& uni = uni_[list][ref];
    const auto found =
        bi_.refine(*planes_.plane[list][ref], ref == current ? start : uni.found.mv, uni.predictors);
    const double total = found.cost + state_.lambda_satd * uni.ref_bits + other_cost;
    if (total >= cost) continue;
    cost = total;
    motion.mv[list] = found.mv;
    motion.ref_idx[list] = static_cast<int8_t>(ref);
  }
}

}  // namespace inloop::hevc
