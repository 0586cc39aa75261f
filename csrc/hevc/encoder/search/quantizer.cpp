// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/encoder/search/quantizer.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>

#include "hevc/encoder/write/residual_writer.h"
#include "hevc/syntax/residual_scan.h"
#include "hevc/syntax/significance_contexts.h"

namespace inloop::hevc {
namespace {

constexpr uint32_t kQuantScale[6] = {26214, 23302, 20560, 18396, 16384, 14564};
constexpr int kMaxLevel = 32767;
constexpr double kInfinite = 1e300;

int remaining_bits(uint32_t value, int rice) {
  const uint32_t quotient = value >> rice;
  if (quotient < 4) return static_cast<int>(quotient) + 1 + rice;
  uint32_t rest = value - (4u << rice);
  int order = rice + 1, bits = 5;
  for (; rest >= 1u << order; ++bits) rest -= 1u << order++;
  return bits + order;
}

// The state of level coding at one coefficient, which decides the flags that may be used and their contexts.
// The members have no initial values, because large arrays of this type stay partly unused.
struct LevelState {
  uint8_t greater1;  // 4 * context set + context of coeff_abs_level_greater1_flag
  uint8_t coded;     // number of non-zero levels in this sub-block so far
  uint8_t rice;
  bool greater1_seen;

  int base() const { return coded >= 8 ? 1 : greater1_seen ? 2 : 3; }

  void advance(int level) {
    if (level >= base() && level > 3 << rice) rice = static_cast<uint8_t>(std::min(rice + 1, 4));
    if (level > 1) {
      greater1 &= 0xfc;
      if (coded < 8) greater1_seen = true;
    } else if ((greater1 & 3) - 1u < 2 && coded < 8) {
      ++greater1;
    }
    ++coded;
  }

  // Moves on past a level of one if there is one.
  void advance_one(bool there_is) {
    const bool counted = there_is && (greater1 & 3) - 1u < 2 && coded < 8;
    greater1 = static_cast<uint8_t>(greater1 + counted);
    coded = static_cast<uint8_t>(coded + there_is);
  }
};

int quant_shift(const QuantBlock& block) {
  return 14 + block.qp / 6 + 15 - block.bit_depth - block.log2_size;
}

// What a sub-block's scan makes of raster positions, by block size and scan.
struct ScanTables {
  uint8_t offset[4][3][16];  // raster offset, within the block, of each scan position
  // The scan positions of the levels in two rows of four, as a mask, by the mask of their raster positions.
  uint16_t mask[3][2][256];

  ScanTables() {
    for (int scan = 0; scan < 3; ++scan) {
      const ScanPosition* positions = scan_order(2, scan);
      for (int n = 0; n < 16; ++n) {
        for (int log2_size = 2; log2_size < 6; ++log2_size) {
          offset[log2_size - 2][scan][n] =
              static_cast<uint8_t>((positions[n].y << log2_size) + positions[n].x);
        }
        uint16_t* rows = mask[scan][positions[n].y >> 1];
        const int raster = (positions[n].y & 1) * 4 + positions[n].x;
        for (int i = 0; i < 256; ++i) {
          if (i >> raster & 1) rows[i] = static_cast<uint16_t>(rows[i] | 1 << n);
        }
      }
    }
  }
};
const ScanTables kScanTables;

// Returns which of four levels are not zero.
unsigned nonzero_levels(const int16_t* levels) {
  constexpr uint64_t kLow = 0x7fff7fff7fff7fff;
  uint64_t four;
  std::memcpy(&four, levels, sizeof four);
  const uint64_t top = (((four & kLow) + kLow) | four) & ~kLow;
  // The factor moves the four bits beside each other.
  return static_cast<unsigned>((top >> 15) * 0x0001000200040008 >> 48) & 15;
}

int highest_bit(unsigned mask) { return std::bit_width(mask) - 1; }

class RdQuantizer {
 public:
  RdQuantizer(const int16_t* coeffs, int16_t* levels, const QuantBlock& block, const ContextSet& contexts,
              const BinPrices& prices)
      : coeffs_(coeffs),
        levels_(levels),
        block_(block),
        contexts_(contexts),
        prices_(prices),
        scale_(kQuantScale[block.qp % 6]),
        step_(static_cast<double>(1u << quant_shift(block))),
        greater1_(contexts.data() + kCtxGreater1 + (block.c_idx ? 16 : 0)),
        greater2_(contexts.data() + kCtxGreater2 + (block.c_idx ? 4 : 0)),
        sub_blocks_(scan_order(block.log2_size - 2, block.scan_idx)),
        positions_(scan_order(2, block.scan_idx)),
        offsets_(kScanTables.offset[block.log2_size - 2][block.scan_idx]) {
    // Converts the square of (coefficient * scale) to a squared error in the samples.
    const double gain = static_cast<double>(1 << (15 - block.bit_depth - block.log2_size));
    error_scale_ = 1.0 / (gain * gain * scale_ * scale_);
  }

  // On entry `levels` holds the nearest levels, of which at least one is not zero; `nearest` says where.
  QuantResult run(const CodedExtent& nearest) {
    find_start(nearest);
    const int last = std::max(nearest.max_x, nearest.max_y);
    last_price_table(kCtxLastX, last, last_price_[0]);
    last_price_table(kCtxLastY, last, last_price_[1]);
    for (int i = start_sub_block_; i >= 0; --i) decide_sub_block(i);
    QuantResult result;
    result.cost = cut_after_best_last();
    if (block_.sign_hiding && last_ >= 0) result.cost += hide_signs();
    result.extent = write_levels();
    return result;
  }

 private:
  double price(int context, int value) const {
    return prices_.bin(contexts_[static_cast<size_t>(context)], value);
  }
  int corner(int i) const { return (sub_blocks_[i].y * 4 << block_.log2_size) + sub_blocks_[i].x * 4; }

  // Finds the non-zero nearest levels of each sub-block, and the last one.
  void find_start(const CodedExtent& nearest) {
    const int right = nearest.max_x >> 2, bottom = nearest.max_y >> 2;
    for (int i = 0; i < 1 << 2 * (block_.log2_size - 2); ++i) {
      const bool inside = sub_blocks_[i].x <= right && sub_blocks_[i].y <= bottom;
      nearest_[i] = inside ? level_mask(levels_ + corner(i)) : uint16_t{0};
      if (nearest_[i]) start_sub_block_ = i;
    }
    start_position_ = highest_bit(nearest_[start_sub_block_]);
  }

  uint16_t level_mask(const int16_t* levels) const {
    const auto two_rows = [&](int y) {
      return nonzero_levels(levels + (y << block_.log2_size)) |
             nonzero_levels(levels + ((y + 1) << block_.log2_size)) << 4;
    };
    const auto& masks = kScanTables.mask[block_.scan_idx];
    return masks[0][two_rows(0)] | masks[1][two_rows(2)];
  }

  double scaled(int at) const {
    return static_cast<double>(static_cast<uint32_t>(std::abs(static_cast<int>(coeffs_[at]))) * scale_);
  }

  // Returns the squared error of a level minus that of zero.
  double distortion(double scaled, int level) const {
    const double value = level * step_;
    return value * (value - 2 * scaled) * error_scale_;
  }

  // Prices a non-zero level without its sig_coeff_flag.
  double level_price(int level, const LevelState& state) const {
    double sum = prices_.bits(1);  // sign
    if (state.coded < 8) {
      sum += prices_.bin(greater1_[state.greater1], level > 1);
      if (level > 1 && !state.greater1_seen) sum += prices_.bin(greater2_[state.greater1 >> 2], level > 2);
    }
    const int base = state.base();
    if (level >= base) sum += prices_.bits(remaining_bits(static_cast<uint32_t>(level - base), state.rice));
    return sum;
  }

  int coded_neighbours(int i) const {
    const int x = sub_blocks_[i].x, y = sub_blocks_[i].y;
    const int last = (1 << (block_.log2_size - 2)) - 1;
    const int right = x < last ? coded_ >> (y * 8 + x + 1) & 1 : 0;
    const int below = y < last ? coded_ >> ((y + 1) * 8 + x) & 1 : 0;
    return right | below << 1;
  }

  // The prices of sig_coeff_flag in the sub-blocks that use the same contexts.
  struct Significance {
    const uint8_t* contexts;
    double below[17];  // below[n] is the price of zeros at all scan positions below n
  };

  const Significance& significance(bool first, int neighbours) {
    const int index = (first ? 4 : 0) + neighbours;
    Significance& prices = significance_[index];
    if (priced_ >> index & 1) return prices;
    priced_ |= 1u << index;
    prices.contexts =
        kSignificanceContexts.of(block_.c_idx > 0, block_.log2_size, block_.scan_idx, first, neighbours);
    prices.below[0] = 0;
    for (int n = 0; n < 16; ++n) prices.below[n + 1] = prices.below[n] + price(prices.contexts[n], 0);
    return prices;
  }

  // All costs are relative to coding nothing, so that the squared error of zeros cancels out.
  void decide_sub_block(int i) {
    SubBlock& sub = decided_[i];
    sub.mask = 0;
    const int neighbours = coded_neighbours(i);
    const bool holds_start = i == start_sub_block_;
    const bool flag_is_coded = i > 0 && !holds_start;
    const int flag_context = kCtxCodedSubBlock + (block_.c_idx ? 2 : 0) + (neighbours ? 1 : 0);
    sub.flag_cost = flag_is_coded ? price(flag_context, 0) : 0;
    if (!nearest_[i]) return;

    LevelState state{};
    const int context_set = (i == 0 || block_.c_idx ? 0 : 2) + (previous_greater1_ == 0 ? 1 : 0);
    state.greater1 = static_cast<uint8_t>(4 * context_set + 1);
    sub.significance = &significance(i == 0, neighbours);
    sub.start = state;
    sub.cost = decide_levels(i, holds_start, state);
    if (state.coded == 0) return;
    const double flag_one = flag_is_coded ? price(flag_context, 1) : 0;
    if (flag_is_coded && sub.flag_cost < sub.cost + flag_one) {
      sub.mask = 0;
      return;
    }
    sub.flag_cost = flag_one;
    previous_greater1_ = state.greater1 & 3;
    coded_ |= uint64_t{1} << (sub_blocks_[i].y * 8 + sub_blocks_[i].x);
  }

  // Returns the cost of the sub-block. `state` becomes that after its levels.
  double decide_levels(int i, bool holds_start, LevelState& state) {
    SubBlock& sub = decided_[i];
    const Significance& flags = *sub.significance;
    const int16_t* coeffs = coeffs_ + corner(i);
    const int16_t* nearest = levels_ + corner(i);
    unsigned rest = nearest_[i], mask = 0;
    double cost = 0;
    int zeros_end = 16;  // the positions from the next level up to this one hold zeros with a flag
    if (holds_start) {
      // The flag of the last coefficient is inferred. The flag of the DC coefficient of a sub-block that
      // would be empty without it is inferred too, but that is rare enough to be ignored here.
      const int n = start_position_, at = offsets_[n];
      rest ^= 1u << n;
      zeros_end = n;
      cost = choose_level(i * 16 + n, coeffs[at], nearest[at], state, 0, 0);
      mask = (level_[i * 16 + n] != 0 ? 1u : 0u) << n;
    }
    while (rest) {
      const int n = highest_bit(rest), at = offsets_[n];
      rest ^= 1u << n;
      cost += flags.below[zeros_end] - flags.below[n + 1];
      zeros_end = n;
      const uint8_t context = contexts_[flags.contexts[n]];
      cost += choose_level(i * 16 + n, coeffs[at], nearest[at], state, prices_.bin(context, 0),
                           prices_.bin(context, 1));
      mask |= (level_[i * 16 + n] != 0 ? 1u : 0u) << n;
    }
    sub.mask = static_cast<uint16_t>(mask);
    return cost + flags.below[zeros_end];
  }

  // Chooses the level of a coefficient whose flag costs `zero` or `one`, and moves the state on. Returns the cost.
  double choose_level(int k, int coeff, int nearest, LevelState& state, double zero, double one) {
    states_[k] = state;
    flags_[k] = one;
    const int highest = std::abs(nearest);
    const double scaled = static_cast<double>(static_cast<uint32_t>(std::abs(coeff)) * scale_);
    const double rounded_up = distortion(scaled, highest) + one + level_price(highest, state);
    if (highest == 1) {  // There is no branch here, because none could be predicted.
      const bool coded = rounded_up < zero;
      level_[k] = coded;
      state.advance_one(coded);
      return costs_[k] = std::min(rounded_up, zero);
    }
    double best = highest > 2 ? kInfinite : zero;
    int level = 0;
    const auto consider = [&](double cost, int candidate) {
      level = cost < best ? candidate : level;
      best = std::min(cost, best);
    };
    consider(rounded_up, highest);
    consider(distortion(scaled, highest - 1) + one + level_price(highest - 1, state), highest - 1);
    level_[k] = static_cast<int16_t>(level);
    if (level) state.advance(level);
    return costs_[k] = best;
  }

  // Prices the end at each position up to `last` along one axis.
  void last_price_table(int first_context, int last, double* table) const {
    const LastContext context = last_position_context(block_.c_idx, block_.log2_size);
    const int longest = 2 * block_.log2_size - 1;
    double ones = 0;
    for (int prefix = 0, position = 0; position <= last; ++prefix) {
      const int bin = first_context + context.offset + (prefix >> context.shift);
      const double end = prefix < longest ? price(bin, 0) : 0;
      const int suffix_bits = prefix < 4 ? 0 : (prefix >> 1) - 1;
      for (int i = 0; i < 1 << suffix_bits; ++i) table[position++] = ones + end + prices_.bits(suffix_bits);
      if (prefix < longest) ones += price(bin, 1);
    }
  }

  double last_price(int i, int n) const {
    int x = sub_blocks_[i].x * 4 + positions_[n].x, y = sub_blocks_[i].y * 4 + positions_[n].y;
    if (block_.scan_idx == kScanVertical) std::swap(x, y);
    return last_price_[0][x] + last_price_[1][y];
  }

  // Walks back from the end and drops trailing levels while that is cheaper; a level above one is never
  // dropped. Returns the cost of what is left.
  double cut_after_best_last() {
    double rest = 0;  // minus the cost of everything from the end up to the candidate
    double best = kInfinite;
    last_ = -1;
    bool stop = false;
    for (int i = start_sub_block_; i >= 0; --i) {
      const SubBlock& sub = decided_[i];
      rest -= sub.flag_cost;
      if (!sub.mask) continue;
      if (!stop) stop = try_last_positions(i, rest, best);
      rest -= sub.cost;
    }
    if (last_ < 0) return 0;
    for (int i = last_ / 16 + 1; i <= start_sub_block_; ++i) decided_[i].mask = 0;
    uint16_t& mask = decided_[last_ / 16].mask;
    mask = static_cast<uint16_t>(mask & ((2u << last_ % 16) - 1));
    return best - rest;
  }

  // Tries the levels of a sub-block as the last one. Returns whether none before them may be the last.
  bool try_last_positions(int i, double rest, double& best) {
    const SubBlock& sub = decided_[i];
    const double* below = sub.significance->below;
    int zeros_end = i == start_sub_block_ ? start_position_ : 16;
    for (unsigned mask = sub.mask; mask; mask ^= 1u << zeros_end) {
      const int n = highest_bit(mask), k = i * 16 + n;
      const bool is_start = i == start_sub_block_ && n == start_position_;
      if (!is_start) rest -= below[zeros_end] - below[n + 1];
      zeros_end = n;
      const double total = rest + last_price(i, n) - flags_[k];
      if (total < best) {
        best = total;
        last_ = k;
      }
      if (level_[k] > 1) return true;
      rest -= costs_[k];
    }
    return false;
  }

  // Makes the parity of the sum of each sub-block's levels tell the sign of its first level, by changing the
  // one level whose change is cheapest. Returns the change of cost.
  double hide_signs() {
    double change = 0;
    for (int i = last_ / 16; i >= 0; --i) {
      const unsigned mask = decided_[i].mask;
      if (!mask) continue;
      const int first = std::countr_zero(mask), last = highest_bit(mask);
      if (last - first <= 3) continue;
      int sum = 0;
      for (unsigned bits = mask; bits; bits &= bits - 1) sum += level_[i * 16 + std::countr_zero(bits)];
      const bool negative = coeffs_[corner(i) + offsets_[first]] < 0;
      change -= prices_.bits(1);
      if ((sum & 1) != (negative ? 1 : 0)) change += fix_parity(i, first, last, negative);
    }
    return change;
  }

  // The cheapest change of one level found so far.
  struct LevelChange {
    double cost = kInfinite;
    int n = 0, step = 1;

    void consider(double new_cost, int position, int new_step) {
      if (new_cost < cost) *this = {new_cost, position, new_step};
    }
  };

  double fix_parity(int i, int first, int last, bool negative) {
    SubBlock& sub = decided_[i];
    const bool last_block = i == last_ / 16;
    LevelChange best{kInfinite, first, 1};
    LevelState state = sub.start;
    int zeros_end = last_block ? last + 1 : 16;
    for (unsigned mask = sub.mask; mask; mask ^= 1u << zeros_end) {
      const int n = highest_bit(mask), k = i * 16 + n;
      consider_zeros(i, n + 1, zeros_end, state, nullptr, best);
      // The first level of the sub-block and the last level of the block must not vanish.
      consider_level(i, n, n != first && !(n == last && last_block), best);
      state = states_[k];
      state.advance(level_[k]);
      zeros_end = n;
    }
    // A new first level has to obey the rule with its own sign.
    consider_zeros(i, 0, zeros_end, state, &negative, best);
    const int k = i * 16 + best.n;
    // All levels are rounded-up ones that must stay, and all other coefficients are exactly zero.
    if (best.cost == kInfinite) {
      const double value = scaled(corner(i) + offsets_[first]);
      best.step = level_[k] < kMaxLevel ? 1 : -1;
      best.cost = distortion(value, level_[k] + best.step) - distortion(value, level_[k]);
    }
    level_[k] = static_cast<int16_t>((sub.mask >> best.n & 1 ? level_[k] : 0) + best.step);
    sub.mask = static_cast<uint16_t>(level_[k] ? sub.mask | 1 << best.n : sub.mask & ~(1 << best.n));
    return best.cost;
  }

  // Considers a level of one at the positions from `begin` to before `end`, which hold zeros that would all be
  // priced with the same state. With `negative`, the coefficient must have that sign. Only the largest
  // coefficient can be the best.
  void consider_zeros(int i, int begin, int end, const LevelState& state, const bool* negative,
                      LevelChange& best) const {
    const int16_t* coeffs = coeffs_ + corner(i);
    int largest = 0, largest_n = 0;
    for (int n = end - 1; n >= begin; --n) {
      const int coeff = coeffs[offsets_[n]];
      if (negative && (coeff < 0) != *negative) continue;
      if (std::abs(coeff) <= largest) continue;
      largest = std::abs(coeff);
      largest_n = n;
    }
    if (largest == 0) return;
    const double value = static_cast<double>(static_cast<uint32_t>(largest) * scale_);
    best.consider(prices_.bits(1) + (distortion(value, 1) + level_price(1, state)), largest_n, 1);
  }

  void consider_level(int i, int n, bool may_vanish, LevelChange& best) const {
    const int k = i * 16 + n, level = level_[k];
    const LevelState& state = states_[k];
    const double value = scaled(corner(i) + offsets_[n]);
    const double now = distortion(value, level) + level_price(level, state);
    const auto cost = [&](int other) {
      return other ? distortion(value, other) + level_price(other, state) - now : -prices_.bits(1) - now;
    };
    const bool too_small = value > level * step_;
    if (too_small && level < kMaxLevel) best.consider(cost(level + 1), n, 1);
    if (level > 1 ? !too_small : may_vanish) best.consider(cost(level - 1), n, -1);
  }

  CodedExtent write_levels() {
    CodedExtent extent;
    for (int i = 0; i <= start_sub_block_; ++i) {
      if (!nearest_[i]) continue;
      int16_t* out = levels_ + corner(i);
      for (int y = 0; y < 4; ++y) std::memset(out + (y << block_.log2_size), 0, 4 * sizeof(int16_t));
      const int x0 = sub_blocks_[i].x * 4, y0 = sub_blocks_[i].y * 4;
      for (unsigned bits = decided_[i].mask; bits; bits &= bits - 1) {
        const int n = std::countr_zero(bits), at = offsets_[n];
        const int sign = coeffs_[corner(i) + at] >> 15;  // 0 or -1
        out[at] = static_cast<int16_t>((level_[i * 16 + n] ^ sign) - sign);
        ++extent.count;
        extent.max_x = std::max(extent.max_x, x0 + positions_[n].x);
        extent.max_y = std::max(extent.max_y, y0 + positions_[n].y);
      }
    }
    return extent;
  }

  // What was decided for a sub-block. Only flag_cost and mask are there where all nearest levels are zero.
  struct SubBlock {
    double flag_cost;  // of coded_sub_block_flag
    double cost;       // of the levels and their flags
    const Significance* significance;
    uint16_t mask;     // the non-zero levels, one bit per scan position
    LevelState start;  // before the first level
  };

  const int16_t* coeffs_;
  int16_t* levels_;
  const QuantBlock& block_;
  const ContextSet& contexts_;
  const BinPrices& prices_;
  uint32_t scale_;
  double step_;  // one level, in units of (coefficient * scale)
  const uint8_t* greater1_;
  const uint8_t* greater2_;
  const ScanPosition* sub_blocks_;
  const ScanPosition* positions_;
  const uint8_t* offsets_;
  double error_scale_;
  int start_sub_block_ = 0, start_position_ = 0;
  int last_ = -1;  // scan index of the last level
  int previous_greater1_ = 1;
  uint64_t coded_ = 0;
  unsigned priced_ = 0;  // the entries of significance_ that are filled in
  Significance significance_[8];
  double last_price_[2][32];
  uint16_t nearest_[64];  // the coefficients of each sub-block that round to a non-zero level
  SubBlock decided_[64];
  // These arrays are indexed by scan position in the block. They hold data where the nearest level is not zero.
  int16_t level_[1024];
  LevelState states_[1024];  // before the level
  double costs_[1024];       // of the level and its flag
  double flags_[1024];       // of a flag that says that the level is not zero
};

}  // namespace

QuantResult quantize(const KernelTable& kernels, const int16_t* coeffs, int16_t* levels,
                     const QuantBlock& block, const ContextSet& contexts, const BinPrices& prices) {
  const int shift = quant_shift(block);
  const CodedExtent nearest = kernels.quantize[block.log2_size - 2](coeffs, levels, kQuantScale[block.qp % 6],
                                                                    1u << (shift - 1), shift);
  if (nearest.count == 0) return {};
  return RdQuantizer(coeffs, levels, block, contexts, prices).run(nearest);
}

}  // namespace inloop::hevc
