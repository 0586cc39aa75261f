// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/encoder/search/ctu_search.h"

#include <algorithm>
#include <vector>

namespace inloop::hevc {
namespace {

// The other direction is coded only where its estimated cost is at most this many times that of the better
// one.
constexpr double kOtherDirectionMargin = 1.1;

}  // namespace

void CtuSearch::begin_row(const ContextSet& contexts) {
  state_.contexts = contexts;
  inter_.forget();
}

void CtuSearch::search(int ctb_x, int ctb_y, CodedCtu& ctu) {
  const Sps& sps = state_.picture.sps();
  state_.ctu = &ctu;
  search_quadtree(ctb_x << sps.log2_ctb_size, ctb_y << sps.log2_ctb_size, sps.log2_ctb_size, 0);
  publish_edges(state_.picture, ctu, ctb_x, ctb_y);
}

// Returns the cost of the best coding of the block, at the lambda of the slice. That coding is left in place,
// and state_.contexts are those after the block.
double CtuSearch::search_quadtree(int x, int y, int log2_size, int depth) {
  const int size = 1 << log2_size;
  const Picture& picture = state_.picture;
  const bool inside = x + size <= picture.width() && y + size <= picture.height();
  const Pps& pps = picture.pps();
  if (state_.qp_map && log2_size >= qp_groups::log2_size(picture.sps(), pps)) start_group(x, y, size);
  // Where blocks have different lambdas, their errors must weigh more or less in the comparison, while a bit
  // costs the same in every block.
  const double importance = slice_lambda_ / state_.lambda;
  CuSearch cu{x, y, log2_size, depth, state_.contexts};
  if (inside) search_cu(cu);
  const double whole = importance * cu.best;
  const bool may_split = log2_size > picture.sps().log2_min_cb_size;
  // A CU that is coded best in skip mode rarely gains from a split.
  if (may_split && (!cu.best_is_skip || (state_.tools.split_skipped && !is_calm(cu)))) {
    state_.contexts = cu.before;
    const double split = search_split(x, y, log2_size, depth, whole);
    if (split < whole) return split;
  }
  best_[depth].restore(state_);
  return whole;
}

// Sets the QP that the map asks for in this block, and lambda with it.
void CtuSearch::start_group(int x, int y, int size) {
  const int qp = state_.qp_map->mean(x, y, size);
  if (qp == state_.qp) return;
  state_.set_quantizer(qp);
}

// Finds the best coding as a single CU and keeps it in best_[depth].
void CtuSearch::search_cu(CuSearch& cu) {
  if (!state_.slice.is_intra()) try_inter(cu);
  const bool intra_may_pay = cu.best_has_residual || (state_.tools.full_search && !is_calm(cu));
  if (state_.slice.is_intra() || intra_may_pay) try_intra(cu);
}

// Returns whether the CU is skipped with so little error that anything else would hardly repay its bits.
bool CtuSearch::is_calm(const CuSearch& cu) const {
  return cu.best_is_skip && cu.best_error < state_.tools.calm_bits * state_.lambda;
}

void CtuSearch::try_inter(CuSearch& cu) {
  const EncoderTools& tools = state_.tools;
  const bool merge_has_residual = try_merge(cu);
  if (cu.best_is_skip && tools.early_skip >= (merge_has_residual ? 2 : 1)) return;
  if (is_calm(cu)) return;

  const auto search = [&](PartMode part_mode) {
    state_.contexts = cu.before;
    return inter_.search_partitions(cu.x, cu.y, cu.log2_size, cu.depth, part_mode);
  };
  const PartitionedCu whole = search(PartMode::p2Nx2N);
  cu.rating = std::min(cu.rating, whole.cost);
  try_partitions(cu, whole);
  if (tools.both_directions) {
    const PartitionedCu other = inter_.other_direction();
    if (other.cost < whole.cost * kOtherDirectionMargin) try_partitions(cu, other);
  }
  if (!tools.rectangles || !(cu.best_has_residual || tools.full_search)) return;
  std::vector<PartitionedCu> rated = {search(PartMode::p2NxN), search(PartMode::pNx2N)};
  if (tools.amp && cu.log2_size > state_.picture.sps().log2_min_cb_size) {
    const bool horizontal = rated[0].cost < rated[1].cost;
    if (horizontal || tools.amp_both) {
      rated.push_back(search(PartMode::p2NxnU));
      rated.push_back(search(PartMode::p2NxnD));
    }
    if (!horizontal || tools.amp_both) {
      rated.push_back(search(PartMode::pnLx2N));
      rated.push_back(search(PartMode::pnRx2N));
    }
  }
  std::stable_sort(rated.begin(), rated.end(), [](const auto& a, const auto& b) { return a.cost < b.cost; });
  for (int i = 0; i < tools.partition_checks && i < static_cast<int>(rated.size()); ++i) {
    const PartitionedCu& candidate = rated[static_cast<size_t>(i)];
    if (candidate.cost < whole.cost * tools.partition_margin) try_partitions(cu, candidate);
  }
}

void CtuSearch::try_partitions(CuSearch& cu, const PartitionedCu& partitions) {
  state_.contexts = cu.before;
  const bool has_residual = inter_.code_partitions(cu.x, cu.y, cu.log2_size, cu.depth, partitions,
                                                   state_.tools.tree_ratio * cu.best);
  if (inter_.residual_cost() > cu.best || !keep_if_better(cu)) return;
  cu.best_is_skip = false;
  cu.best_has_residual = has_residual;
}

// Codes the best merge candidates without and with residual. Returns whether a residual is worth coding.
bool CtuSearch::try_merge(CuSearch& cu) {
  PartitionChoice choices[5];
  const int count = inter_.rank_merge(cu.x, cu.y, cu.log2_size, choices);
  bool any_residual = false;
  cu.rating = choices[0].cost;
  for (int i = 0; i < count && i < state_.tools.merge_checks; ++i) {
    if (choices[i].cost > choices[0].cost * state_.tools.merge_ratio) break;
    state_.contexts = cu.before;
    inter_.code_skip(cu.x, cu.y, cu.log2_size, cu.depth, choices[i]);
    if (keep_if_better(cu)) {
      cu.best_is_skip = true;
      cu.best_has_residual = false;
    }
    // Where the best candidate needs no residual, the others do not need one either.
    if (i > 0 && !any_residual && state_.tools.early_skip > 0) continue;
    state_.contexts = cu.before;
    const bool has_residual =
        inter_.code_merge(cu.x, cu.y, cu.log2_size, cu.depth, choices[i], state_.tools.tree_ratio * cu.best);
    any_residual |= has_residual;
    if (has_residual && inter_.residual_cost() <= cu.best && keep_if_better(cu)) {
      cu.best_is_skip = false;
      cu.best_has_residual = true;
    }
  }
  return any_residual;
}

void CtuSearch::try_intra(CuSearch& cu) {
  state_.contexts = cu.before;
  const double limit = cu.rating * state_.tools.intra_ratio;
  // The largest CUs have no rating to compare with the limit. They serve smooth content, which inter
  // prediction codes without residual anyway.
  if (cu.log2_size > 5 && !cu.best_has_residual && state_.tools.intra_ratio < kNoRatio) return;
  const IntraSearch::Outcome whole = intra_.search_2Nx2N(cu.x, cu.y, cu.log2_size, cu.depth, limit, cu.best);
  if (whole == IntraSearch::Outcome::unlikely) return;
  bool better = whole == IntraSearch::Outcome::coded && keep_if_better(cu);
  if (state_.tools.intra_4x4 && cu.log2_size == state_.picture.sps().log2_min_cb_size) {
    state_.contexts = cu.before;
    better |= intra_.search_NxN(cu.x, cu.y, cu.depth, cu.best) && keep_if_better(cu);
  }
  if (better) cu.best_is_skip = false;
}

double CtuSearch::search_split(int x, int y, int log2_size, int depth, double limit) {
  const Picture& picture = state_.picture;
  const int half = 1 << (log2_size - 1);
  BitCounter counter(state_.contexts);
  SyntaxWriter<BitCounter>(counter, picture, state_.slice, *state_.ctu)
      .split_cu_flag(x, y, log2_size, depth, true);
  state_.contexts = counter.contexts();
  double cost = slice_lambda_ * static_cast<double>(counter.cost()) / kOneBit;
  for (int i = 0; i < 4 && cost < limit; ++i) {
    const int sub_x = x + (i & 1) * half, sub_y = y + (i >> 1) * half;
    if (sub_x < picture.width() && sub_y < picture.height()) {
      cost += search_quadtree(sub_x, sub_y, log2_size - 1, depth + 1);
    }
  }
  return cost;
}

// Gives the CU the QP that it has as it is coded now.
void CtuSearch::derive_cu_qp(const CuSearch& cu, SyntaxWriter<BitCounter>& writer) {
  const qp_groups::Group group = qp_groups::group_of(state_.picture, *state_.ctu, cu.x, cu.y, cu.log2_size);
  const bool predicted = qp_groups::is_predicted(*state_.ctu, group, cu.x, cu.y, cu.log2_size);
  const int qp =
      predicted ? qp_groups::predicted_qp(state_.picture, *state_.ctu, group.x, group.y, state_.qp_before_ctu)
                : state_.qp;
  CodedCell* cells = state_.cells(cu.x, cu.y);
  for (int i = 0; i < cell_count(cu.log2_size); ++i) cells[i].qp = static_cast<int8_t>(qp);
  writer.set_qp_before_ctu(state_.qp_before_ctu);
  writer.quantization_group(group.x, group.y, group.delta_coded);
}

// Counts the exact bits of the finished CU, starting from the contexts before it, and measures its squared
// error. Leaves state_.contexts as they are after the CU.
double CtuSearch::price_cu(const CuSearch& cu, double& error) {
  BitCounter counter(cu.before);
  SyntaxWriter<BitCounter> writer(counter, state_.picture, state_.slice, *state_.ctu);
  if (state_.picture.pps().cu_qp_delta_enabled_flag) derive_cu_qp(cu, writer);
  publish_block(state_.picture, *state_.ctu, cu.x, cu.y, cu.log2_size);
  writer.split_cu_flag(cu.x, cu.y, cu.log2_size, cu.depth, false);
  writer.coding_unit(cu.x, cu.y, cu.log2_size);
  state_.contexts = counter.contexts();
  double cost = state_.bit_cost(counter.cost());
  error = 0;
  for (int c = 0; c < 3; ++c) {
    const int shift = c ? 1 : 0, size = 1 << (cu.log2_size - shift);
    const int x = cu.x >> shift, y = cu.y >> shift;
    const uint64_t sse = state_.kernels.sse(state_.source_at(c, x, y), state_.source_stride(c),
                                            state_.rec_at(c, x, y), state_.rec_stride(c), size, size);
    const double weighted = state_.weight(c) * static_cast<double>(sse);
    cost += weighted;
    error += weighted;
  }
  return cost;
}

bool CtuSearch::keep_if_better(CuSearch& cu) {
  double error;
  const double cost = price_cu(cu, error);
  if (cost >= cu.best) return false;
  cu.best = cost;
  cu.best_error = error;
  best_[cu.depth].save(state_, cu.x, cu.y, cu.log2_size);
  return true;
}

}  // namespace inloop::hevc
