// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/block/mv_prediction.h"

#include <algorithm>

#include "hevc/block/temporal_mv.h"

namespace inloop::hevc {
namespace {

bool is_split_vertically(PartMode mode) {
  return mode == PartMode::pNx2N || mode == PartMode::pnLx2N || mode == PartMode::pnRx2N;
}

bool is_split_horizontally(PartMode mode) {
  return mode == PartMode::p2NxN || mode == PartMode::p2NxnU || mode == PartMode::p2NxnD;
}

// Returns the motion of the prediction block that covers (x, y), or nullptr where it is not available
// (6.4.2).
const MotionInfo* neighbour_motion(const MotionContext& context, const PredictionBlock& block, int x, int y) {
  const Picture& picture = *context.picture;
  const bool same_cu =
      x >= block.cu_x && y >= block.cu_y && x < block.cu_x + block.cu_size && y < block.cu_y + block.cu_size;
  if (same_cu) {
    // The second of four parts finds the third one at its bottom left, which is not decoded yet.
    const bool later_part = block.part_mode == PartMode::pNxN && block.part_idx == 1 &&
                            y >= block.cu_y + block.height && x < block.cu_x + block.width;
    return later_part ? nullptr : &picture.motion[picture.cell(x, y)];
  }
  if (!picture.available(block.x, block.y, x, y)) return nullptr;
  const size_t cell = picture.cell(x, y);
  return picture.pred_mode[cell] == PredMode::inter ? &picture.motion[cell] : nullptr;
}

// Builds the list of merge candidates and stops as soon as no more of them are needed.
class MergeList {
 public:
  MergeList(const MotionContext& context, const PredictionBlock& block, int max_index, MotionInfo* out)
      : context_(context), block_(block), wanted_(max_index + 1), out_(out) {}

  int derive() {
    add_spatial();
    if (!full()) add_temporal();
    if (!full() && context_.slice->is_b()) add_combined();
    add_zero();
    return count_;
  }

 private:
  bool full() const { return count_ >= wanted_; }
  void add(const MotionInfo& motion) {
    if (!full()) out_[count_++] = motion;
  }

  const MotionInfo* spatial(int x, int y) const {
    // Blocks of one merge estimation region must not use each other as neighbours.
    const int level = context_.picture->pps().log2_parallel_merge_level;
    if (block_.x >> level == x >> level && block_.y >> level == y >> level) return nullptr;
    return neighbour_motion(context_, block_, x, y);
  }

  // Adds the spatial candidates (8.5.3.2.3). A candidate that equals an earlier one is dropped, but later
  // candidates are still compared with it.
  void add_spatial() {
    const int left = block_.x - 1, above = block_.y - 1;
    const int right = block_.x + block_.width, below = block_.y + block_.height;
    const auto same = [](const MotionInfo* a, const MotionInfo* b) { return a && b && *a == *b; };
    const bool second = block_.part_idx == 1;
    const MotionInfo* a1 =
        second && is_split_vertically(block_.part_mode) ? nullptr : spatial(left, below - 1);
    if (a1) add(*a1);
    const MotionInfo* b1 =
        second && is_split_horizontally(block_.part_mode) ? nullptr : spatial(right - 1, above);
    if (b1 && !same(a1, b1)) add(*b1);
    if (full()) return;
    const MotionInfo* b0 = spatial(right, above);
    if (b0 && !same(b1, b0)) add(*b0);
    const MotionInfo* a0 = spatial(left, below);
    if (a0 && !same(a1, a0)) add(*a0);
    if (full() || count_ == 4) return;
    const MotionInfo* b2 = spatial(left, above);
    if (b2 && !same(a1, b2) && !same(b1, b2)) add(*b2);
  }

  void add_temporal() {
    MotionInfo motion;
    for (int list = 0; list < (context_.slice->is_b() ? 2 : 1); ++list) {
      if (temporal_mv(context_, block_.x, block_.y, block_.width, block_.height, list, 0, motion.mv[list])) {
        motion.ref_idx[list] = 0;
      }
    }
    if (motion.uses(0) || motion.uses(1)) add(motion);
  }

  // Combines the list 0 motion of one candidate with the list 1 motion of another (8.5.3.2.4).
  void add_combined() {
    constexpr uint8_t kPairs[12][2] = {{0, 1}, {1, 0}, {0, 2}, {2, 0}, {1, 2}, {2, 1},
                                       {0, 3}, {3, 0}, {1, 3}, {3, 1}, {2, 3}, {3, 2}};
    const int originals = count_;
    if (originals < 2) return;
    for (int pair = 0; pair < originals * (originals - 1) && !full(); ++pair) {
      const MotionInfo& first = out_[kPairs[pair][0]];
      const MotionInfo& second = out_[kPairs[pair][1]];
      if (!first.uses(0) || !second.uses(1)) continue;
      const int poc0 = context_.refs->pic[0][first.ref_idx[0]]->poc;
      const int poc1 = context_.refs->pic[1][second.ref_idx[1]]->poc;
      if (poc0 == poc1 && first.mv[0] == second.mv[1]) continue;
      add({{first.mv[0], second.mv[1]}, {first.ref_idx[0], second.ref_idx[1]}});
    }
  }

  // Fills up with zero vectors (8.5.3.2.5).
  void add_zero() {
    const bool is_b = context_.slice->is_b();
    const int* num = context_.slice->num_ref_idx_active;
    const int refs = is_b ? std::min(num[0], num[1]) : num[0];
    for (int i = 0; !full(); ++i) {
      const auto ref = static_cast<int8_t>(i < refs ? i : 0);
      add({{}, {ref, is_b ? ref : static_cast<int8_t>(-1)}});
    }
  }

  const MotionContext& context_;
  const PredictionBlock& block_;
  int wanted_;
  MotionInfo* out_;
  int count_ = 0;
};

// What AMVP looks for: motion towards one reference picture.
struct AmvpTarget {
  const MotionContext& context;
  int list;
  int poc;
  bool is_long_term;

  // Takes the neighbour's motion if it refers to the wanted picture itself.
  bool find_same(const MotionInfo* motion, Mv& mv) const {
    if (!motion) return false;
    for (int candidate_list : {list, 1 - list}) {
      if (!motion->uses(candidate_list)) continue;
      if (context.refs->pic[candidate_list][motion->ref_idx[candidate_list]]->poc != poc) continue;
      mv = motion->mv[candidate_list];
      return true;
    }
    return false;
  }

  // Takes the neighbour's motion scaled to the wanted POC distance.
  bool find_scaled(const MotionInfo* motion, Mv& mv) const {
    if (!motion) return false;
    for (int candidate_list : {list, 1 - list}) {
      if (!motion->uses(candidate_list)) continue;
      const int ref_idx = motion->ref_idx[candidate_list];
      if (context.refs->is_long_term[candidate_list][ref_idx] != is_long_term) continue;
      mv = motion->mv[candidate_list];
      if (!is_long_term) {
        const int current = context.picture->poc;
        mv = scale_mv(mv, current - context.refs->pic[candidate_list][ref_idx]->poc, current - poc);
      }
      return true;
    }
    return false;
  }
};

}  // namespace

int partition_count(PartMode part_mode) {
  return part_mode == PartMode::p2Nx2N ? 1 : part_mode == PartMode::pNxN ? 4 : 2;
}

PredictionBlock partition_block(int cu_x, int cu_y, int cu_size, PartMode part_mode, int part_idx) {
  PredictionBlock block{cu_x, cu_y, cu_size, part_mode, part_idx, cu_x, cu_y, cu_size, cu_size};
  const auto split = [part_idx](int& start, int& size, int first) {
    start += part_idx ? first : 0;
    size = part_idx ? size - first : first;
  };
  switch (part_mode) {
    case PartMode::p2Nx2N:
      break;
    case PartMode::p2NxN:
      split(block.y, block.height, cu_size / 2);
      break;
    case PartMode::pNx2N:
      split(block.x, block.width, cu_size / 2);
      break;
    case PartMode::pNxN:
      block.width = block.height = cu_size / 2;
      block.x += (part_idx & 1) * block.width;
      block.y += (part_idx >> 1) * block.height;
      break;
    case PartMode::p2NxnU:
      split(block.y, block.height, cu_size / 4);
      break;
    case PartMode::p2NxnD:
      split(block.y, block.height, cu_size / 4 * 3);
      break;
    case PartMode::pnLx2N:
      split(block.x, block.width, cu_size / 4);
      break;
    case PartMode::pnRx2N:
      split(block.x, block.width, cu_size / 4 * 3);
      break;
  }
  return block;
}

int derive_merge_candidates(const MotionContext& context, const PredictionBlock& block, int max_index,
                            MotionInfo candidates[5]) {
  PredictionBlock merged = block;
  // With parallel merging, all parts of an 8x8 CU share the candidates of the whole CU.
  if (context.picture->pps().log2_parallel_merge_level > 2 && block.cu_size == 8) {
    merged = partition_block(block.cu_x, block.cu_y, block.cu_size, PartMode::p2Nx2N, 0);
  }
  const int count = MergeList(context, merged, max_index, candidates).derive();
  if (!block.may_be_bi()) {
    for (int i = 0; i < count; ++i) {
      if (candidates[i].is_bi()) candidates[i].ref_idx[1] = -1;
    }
  }
  return count;
}

void derive_amvp_candidates(const MotionContext& context, const PredictionBlock& block, int list, int ref_idx,
                            Mv candidates[2]) {
  const AmvpTarget target{context, list, context.refs->pic[list][ref_idx]->poc,
                          context.refs->is_long_term[list][ref_idx]};
  const int left = block.x - 1, above = block.y - 1;
  const int right = block.x + block.width, below = block.y + block.height;
  const MotionInfo* a[2] = {neighbour_motion(context, block, left, below),
                            neighbour_motion(context, block, left, below - 1)};
  const MotionInfo* b[3] = {neighbour_motion(context, block, right, above),
                            neighbour_motion(context, block, right - 1, above),
                            neighbour_motion(context, block, left, above)};
  const auto same = [&target](Mv& mv) {
    return [&](const MotionInfo* m) { return target.find_same(m, mv); };
  };
  const auto scaled = [&target](Mv& mv) {
    return [&](const MotionInfo* m) { return target.find_scaled(m, mv); };
  };
  Mv mv_a, mv_b;
  bool has_a = std::any_of(a, a + 2, same(mv_a)) || std::any_of(a, a + 2, scaled(mv_a));
  bool has_b = std::any_of(b, b + 3, same(mv_b));
  if (!a[0] && !a[1]) {
    // If there is no block at the left, the vector found above takes its place, and the scaled candidate
    // comes from the blocks above.
    if (has_b) {
      has_a = true;
      mv_a = mv_b;
    }
    has_b = std::any_of(b, b + 3, scaled(mv_b));
  }
  int count = 0;
  if (has_a) candidates[count++] = mv_a;
  if (has_b && !(has_a && mv_a == mv_b)) candidates[count++] = mv_b;
  Mv mv_col;
  if (count < 2 && temporal_mv(context, block.x, block.y, block.width, block.height, list, ref_idx, mv_col)) {
    candidates[count++] = mv_col;
  }
  while (count < 2) candidates[count++] = Mv{};
}

}  // namespace inloop::hevc
