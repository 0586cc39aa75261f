// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "lookahead/lowres_search.h"

#include <algorithm>
#include <bit>
#include <cstdlib>

namespace inloop::lookahead {
namespace {

// The samples by which a block may leave the picture; half samples reach one further.
constexpr int kReach = kBorder - 2;
constexpr int kMaxHexagonSteps = 24;

struct Range {
  int min_x, max_x, min_y, max_y;  // in whole samples

  // Returns the displacements that block (bx, by) may have.
  static Range of(const LowresPicture& picture, int bx, int by) {
    return {-kBlock * bx - kReach, kBlock * (picture.blocks_x() - 1 - bx) + kReach, -kBlock * by - kReach,
            kBlock * (picture.blocks_y() - 1 - by) + kReach};
  }
  bool contains(int x, int y) const { return x >= min_x && x <= max_x && y >= min_y && y <= max_y; }
  Vector clamp(Vector v) const {
    return {static_cast<int16_t>(std::clamp<int>(v.x, 2 * min_x - 1, 2 * max_x + 1)),
            static_cast<int16_t>(std::clamp<int>(v.y, 2 * min_y - 1, 2 * max_y + 1))};
  }
};

int16_t median(int a, int b, int c) {
  return static_cast<int16_t>(std::max(std::min(a, b), std::min(std::max(a, b), c)));
}

// Returns the bits of an exponential-Golomb code, which a vector costs on top of its error.
int code_length(int value) { return 2 * std::bit_width(static_cast<unsigned>(std::abs(value))) + 1; }

void predict(const LowresPicture& reference, int bx, int by, Vector v, uint8_t* dst) {
  const uint8_t* src = reference.at(kBlock * bx + (v.x >> 1), kBlock * by + (v.y >> 1));
  reference.table().half_pel8x8(src, reference.stride(), v.x & 1, v.y & 1, dst);
}

// Searches the motion of one block.
class BlockSearch {
 public:
  BlockSearch(const LowresPicture& current, const LowresPicture& reference, int bx, int by, Vector predictor)
      : current_(current),
        reference_(reference),
        table_(current.table()),
        bx_(bx),
        by_(by),
        range_(Range::of(current, bx, by)),
        predictor_(predictor) {}

  void try_vector(Vector v) {
    const Vector inside = range_.clamp(v);
    try_whole(inside.x >> 1, inside.y >> 1);
  }

  void refine() {
    for (int step = 0; step < kMaxHexagonSteps && move(kHexagon); ++step) {
    }
    move(kSquare);
  }

  // Tries the half samples around the best whole one. Returns the SATD.
  int32_t finish(Vector& out) const {
    const int centre_x = 2 * x_, centre_y = 2 * y_;
    int32_t best = INT32_MAX, best_satd = 0;
    for (int dy = -1; dy <= 1; ++dy) {
      for (int dx = -1; dx <= 1; ++dx) {
        const Vector v{static_cast<int16_t>(centre_x + dx), static_cast<int16_t>(centre_y + dy)};
        uint8_t prediction[kBlock * kBlock];
        predict(reference_, bx_, by_, v, prediction);
        const auto satd = static_cast<int32_t>(
            table_.satd8x8(current_.block(bx_, by_), current_.stride(), prediction, kBlock));
        const int32_t cost = satd + length(v.x, v.y);
        if (cost < best) best = cost, best_satd = satd, out = v;
      }
    }
    return best_satd;
  }

 private:
  struct Step {
    int x, y;
  };
  static constexpr Step kHexagon[] = {{-2, 0}, {-1, -2}, {1, -2}, {2, 0}, {1, 2}, {-1, 2}};
  static constexpr Step kSquare[] = {{-1, -1}, {0, -1}, {1, -1}, {-1, 0}, {1, 0}, {-1, 1}, {0, 1}, {1, 1}};

  int length(int x, int y) const { return code_length(x - predictor_.x) + code_length(y - predictor_.y); }

  bool try_whole(int x, int y) {
    if (!range_.contains(x, y)) return false;
    const uint8_t* candidate = reference_.at(kBlock * bx_ + x, kBlock * by_ + y);
    const auto sad = static_cast<int32_t>(
        table_.sad8x8(current_.block(bx_, by_), current_.stride(), candidate, reference_.stride()));
    const int32_t cost = sad + length(2 * x, 2 * y);
    if (cost >= cost_) return false;
    cost_ = cost, x_ = x, y_ = y;
    return true;
  }

  template <size_t n>
  bool move(const Step (&steps)[n]) {
    const int x = x_, y = y_;
    bool moved = false;
    for (const Step& step : steps) moved |= try_whole(x + step.x, y + step.y);
    return moved;
  }

  const LowresPicture& current_;
  const LowresPicture& reference_;
  const KernelTable& table_;
  int bx_, by_;
  Range range_;
  Vector predictor_;
  int x_ = 0, y_ = 0;
  int32_t cost_ = INT32_MAX;
};

Status require_same_size(const LowresPicture& a, const LowresPicture& b) {
  if (a.width() == b.width() && a.height() == b.height()) return {};
  return Status::config("the pictures of a motion search differ in size");
}

}  // namespace

Status search_motion(const LowresPicture& current, const LowresPicture& reference,
                     const std::vector<const Vector*>& hints, MotionField& out) {
  INLOOP_RETURN_IF_ERROR(require_same_size(current, reference));
  const int columns = current.blocks_x();
  out.costs.assign(current.block_count(), 0);
  out.vectors.assign(current.block_count(), {});
  for (int by = 0; by < current.blocks_y(); ++by) {
    for (int bx = 0; bx < columns; ++bx) {
      const size_t index = static_cast<size_t>(by) * static_cast<size_t>(columns) + static_cast<size_t>(bx);
      const Vector* above_row = by ? &out.vectors[index - static_cast<size_t>(columns)] : nullptr;
      const Vector left = bx ? out.vectors[index - 1] : Vector{};
      const Vector above = above_row ? above_row[0] : Vector{};
      const Vector corner = above_row && bx + 1 < columns ? above_row[1] : Vector{};
      const Vector middle{median(left.x, above.x, corner.x), median(left.y, above.y, corner.y)};
      BlockSearch search(current, reference, bx, by, middle);
      for (const Vector v : {middle, Vector{}, left, above, corner}) search.try_vector(v);
      for (const Vector* hint : hints) search.try_vector(hint[index]);
      search.refine();
      out.costs[index] = search.finish(out.vectors[index]);
    }
  }
  return {};
}

Status bi_prediction_costs(const LowresPicture& current, const LowresPicture& first,
                           const Vector* first_vectors, const LowresPicture& second,
                           const Vector* second_vectors, std::vector<int32_t>& out) {
  INLOOP_RETURN_IF_ERROR(require_same_size(current, first));
  INLOOP_RETURN_IF_ERROR(require_same_size(current, second));
  const KernelTable& table = current.table();
  out.clear();
  out.reserve(current.block_count());
  for (int by = 0; by < current.blocks_y(); ++by) {
    for (int bx = 0; bx < current.blocks_x(); ++bx) {
      const size_t index = out.size();
      const Range range = Range::of(current, bx, by);
      uint8_t a[kBlock * kBlock], b[kBlock * kBlock], mean[kBlock * kBlock];
      predict(first, bx, by, range.clamp(first_vectors[index]), a);
      predict(second, bx, by, range.clamp(second_vectors[index]), b);
      table.average8x8(a, b, mean);
      out.push_back(
          static_cast<int32_t>(table.satd8x8(current.block(bx, by), current.stride(), mean, kBlock)));
    }
  }
  return {};
}

}  // namespace inloop::lookahead
