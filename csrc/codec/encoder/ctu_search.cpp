// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "codec/encoder/ctu_search.h"

#include "codec/encoder/syntax_writer.h"

namespace inloop::codec {

void CtuSearch::search(int ctb_x, int ctb_y, CodedCtu& ctu) {
  const Sps& sps = state_.picture.sps();
  state_.ctu = &ctu;
  search_quadtree(ctb_x << sps.log2_ctb_size, ctb_y << sps.log2_ctb_size, sps.log2_ctb_size, 0);
  publish_edges(state_.picture, ctu, ctb_x, ctb_y);
}

// Returns the cost of the best coding of the block, leaves it in place and state_.contexts after it.
double CtuSearch::search_quadtree(int x, int y, int log2_size, int depth) {
  const int size = 1 << log2_size;
  const Picture& picture = state_.picture;
  const bool inside = x + size <= picture.width() && y + size <= picture.height();
  const bool may_split = log2_size > picture.sps().log2_min_cb_size;
  const ContextSet before = state_.contexts;
  const double whole = inside ? search_unit(x, y, log2_size, depth) : kInfiniteCost;
  if (!may_split) return whole;
  state_.contexts = before;
  const double split = search_split(x, y, log2_size, depth, whole);
  if (split < whole) return split;
  best_[depth].restore(state_);
  return whole;
}

// The best coding as one unit; kept in best_[depth] and left in place.
double CtuSearch::search_unit(int x, int y, int log2_size, int depth) {
  const ContextSet before = state_.contexts;
  double best = kInfiniteCost;
  intra_.search_2Nx2N(x, y, log2_size, depth);
  keep_if_better(price_unit(x, y, log2_size, depth, before), best, x, y, log2_size, depth);
  if (log2_size == state_.picture.sps().log2_min_cb_size) {
    state_.contexts = before;
    intra_.search_NxN(x, y, depth);
    keep_if_better(price_unit(x, y, log2_size, depth, before), best, x, y, log2_size, depth);
  }
  best_[depth].restore(state_);
  return best;
}

double CtuSearch::search_split(int x, int y, int log2_size, int depth, double limit) {
  const Picture& picture = state_.picture;
  const int half = 1 << (log2_size - 1);
  BitCounter counter(state_.contexts);
  SyntaxWriter<BitCounter>(counter, picture, state_.slice, *state_.ctu)
      .split_cu_flag(x, y, log2_size, depth, true);
  state_.contexts = counter.contexts();
  double cost = state_.bit_cost(counter.cost());
  for (int i = 0; i < 4 && cost < limit; ++i) {
    const int sub_x = x + (i & 1) * half, sub_y = y + (i >> 1) * half;
    if (sub_x < picture.width() && sub_y < picture.height()) {
      cost += search_quadtree(sub_x, sub_y, log2_size - 1, depth + 1);
    }
  }
  return cost;
}

// Exact bits of the finished unit from the context states `before` it, and its squared error. Leaves
// state_.contexts as they are after the unit.
double CtuSearch::price_unit(int x, int y, int log2_size, int depth, const ContextSet& before) {
  publish_block(state_.picture, *state_.ctu, x, y, log2_size);
  BitCounter counter(before);
  SyntaxWriter<BitCounter> writer(counter, state_.picture, state_.slice, *state_.ctu);
  writer.split_cu_flag(x, y, log2_size, depth, false);
  writer.coding_unit(x, y, log2_size);
  state_.contexts = counter.contexts();
  double cost = state_.bit_cost(counter.cost());
  for (int c = 0; c < 3; ++c) {
    const int shift = c ? 1 : 0, size = 1 << (log2_size - shift);
    cost +=
        state_.weight(c) * static_cast<double>(state_.kernels.sse(
                               state_.source_at(c, x >> shift, y >> shift), state_.source_stride(c),
                               state_.rec_at(c, x >> shift, y >> shift), state_.rec_stride(c), size, size));
  }
  return cost;
}

void CtuSearch::keep_if_better(double cost, double& best, int x, int y, int log2_size, int depth) {
  if (cost >= best) return;
  best = cost;
  best_[depth].save(state_, x, y, log2_size);
}

}  // namespace inloop::codec
