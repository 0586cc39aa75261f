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
};

int quant_shift(const QuantBlock& block) {
  return 14 + block.qp / 6 + 15 - block.bit_depth - block.log2_size;
}

// Raster offsets of the 16 positions of a sub-block, by block size and scan.
struct ScanOffsets {
  uint8_t offset[4][3][16];

  ScanOffsets() {
    for (int log2_size = 2; log2_size < 6; ++log2_size) {
      for (int scan = 0; scan < 3; ++scan) {
        const ScanPosition* positions = scan_order(2, scan);
        for (int n = 0; n < 16; ++n) {
          offset[log2_size - 2][scan][n] =
              static_cast<uint8_t>((positions[n].y << log2_size) + positions[n].x);
        }
      }
    }
  }
};
const ScanOffsets kScanOffsets;

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
        offsets_(kScanOffsets.offset[block.log2_size - 2][block.scan_idx]) {
    // Converts the square of (coefficient * scale) to a squared error in the samples.
    const double gain = static_cast<double>(1 << (15 - block.bit_depth - block.log2_size));
    error_scale_ = 1.0 / (gain * gain * scale_ * scale_);
  }

  // On entry `levels` holds the nearest levels, of which at least one is not zero.
  QuantResult run() {
    find_start();
    last_price_table(kCtxLastX, last_price_[0]);
    last_price_table(kCtxLastY, last_price_[1]);
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

  // Finds the sub-blocks with a non-zero nearest level, and the last such level.
  void find_start() {
    for (int i = 0; i < 1 << 2 * (block_.log2_size - 2); ++i) {
      significant_[i] = any_level(i);
      if (significant_[i]) start_sub_block_ = i;
    }
    const int16_t* levels = levels_ + corner(start_sub_block_);
    start_position_ = 15;
    while (levels[offsets_[start_position_]] == 0) --start_position_;
  }

  bool any_level(int i) const {
    const int16_t* levels = levels_ + corner(i);
    uint64_t any = 0;
    for (int y = 0; y < 4; ++y) {
      uint64_t row;
      std::memcpy(&row, levels + (y << block_.log2_size), sizeof row);
      any |= row;
    }
    return any != 0;
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

  // All costs are relative to coding nothing, so that the squared error of zeros cancels out.
  void decide_sub_block(int i) {
    const int neighbours = coded_neighbours(i);
    const bool holds_start = i == start_sub_block_;
    const bool flag_is_coded = i > 0 && !holds_start;
    const int flag_context = kCtxCodedSubBlock + (block_.c_idx ? 2 : 0) + (neighbours ? 1 : 0);
    flag_cost_[i] = flag_is_coded ? price(flag_context, 0) : 0;
    mask_[i] = 0;
    if (!significant_[i]) return;

    const uint8_t* significance =
        kSignificanceContexts.of(block_.c_idx > 0, block_.log2_size, block_.scan_idx, i == 0, neighbours);
    LevelState state{};
    const int context_set = (i == 0 || block_.c_idx ? 0 : 2) + (previous_greater1_ == 0 ? 1 : 0);
    state.greater1 = static_cast<uint8_t>(4 * context_set + 1);
    const double coded_cost = decide_levels(i, holds_start, significance, state);
    if (state.coded == 0) return;
    const double flag_one = flag_is_coded ? price(flag_context, 1) : 0;
    if (flag_is_coded && flag_cost_[i] < coded_cost + flag_one) {
      mask_[i] = 0;
      return;
    }
    flag_cost_[i] = flag_one;
    previous_greater1_ = state.greater1 & 3;
    coded_ |= uint64_t{1} << (sub_blocks_[i].y * 8 + sub_blocks_[i].x);
  }

  double decide_levels(int i, bool holds_start, const uint8_t* significance, LevelState& state) {
    const int16_t* coeffs = coeffs_ + corner(i);
    const int16_t* nearest = levels_ + corner(i);
    double coded_cost = 0;
    int n = 15;
    for (; holds_start && n > start_position_; --n) leave_zero(i * 16 + n, state, 0);
    for (; n >= 0; --n) {
      const int k = i * 16 + n, at = offsets_[n];
      // The flag of the last coefficient is inferred. The flag of the DC coefficient of a sub-block that
      // would be empty without it is inferred too, but that is rare enough to be ignored here.
      const bool is_start = holds_start && n == start_position_;
      const uint8_t context = contexts_[significance[n]];
      const double zero = is_start ? 0 : prices_.bin(context, 0);
      if (nearest[at] == 0) {
        leave_zero(k, state, zero);
      } else {
        states_[k] = state;
        const int magnitude = std::abs(static_cast<int>(coeffs[at]));
        choose_level(k, std::abs(static_cast<int>(nearest[at])),
                     static_cast<double>(static_cast<uint32_t>(magnitude) * scale_), state, zero,
                     is_start ? 0 : prices_.bin(context, 1));
        if (level_[k]) {
          mask_[i] = static_cast<uint16_t>(mask_[i] | 1 << n);
          state.advance(level_[k]);
        }
      }
      coded_cost += costs_[k];
    }
    return coded_cost;
  }

  void leave_zero(int k, const LevelState& state, double zero) {
    states_[k] = state;
    level_[k] = 0;
    costs_[k] = significance_[k] = zero;
  }

  void choose_level(int k, int highest, double scaled, const LevelState& state, double zero, double one) {
    double best = highest > 2 ? kInfinite : zero;
    level_[k] = 0;
    significance_[k] = zero;
    for (int level = highest; level >= std::max(1, highest - 1); --level) {
      const double candidate = distortion(scaled, level) + one + level_price(level, state);
      if (candidate >= best) continue;
      best = candidate;
      level_[k] = static_cast<int16_t>(level);
      significance_[k] = one;
    }
    costs_[k] = best;
  }

  void last_price_table(int first_context, double* table) const {
    const LastContext context = last_position_context(block_.c_idx, block_.log2_size);
    const int longest = 2 * block_.log2_size - 1;
    double ones = 0;
    for (int prefix = 0, position = 0; prefix <= longest; ++prefix) {
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
      rest -= flag_cost_[i];
      if (!mask_[i]) continue;
      for (int n = 15; n >= 0; --n) {
        const int k = i * 16 + n;
        if (!stop && level_[k]) {
          const double total = rest + last_price(i, n) - significance_[k];
          if (total < best) {
            best = total;
            last_ = k;
          }
          stop = level_[k] > 1;
        }
        rest -= costs_[k];
      }
    }
    if (last_ < 0) return 0;
    for (int i = last_ / 16 + 1; i <= start_sub_block_; ++i) mask_[i] = 0;
    mask_[last_ / 16] = static_cast<uint16_t>(mask_[last_ / 16] & ((2u << last_ % 16) - 1));
    return best - rest;
  }

  // Makes the parity of the sum of each sub-block's levels tell the sign of its first level, by changing the
  // one level whose change is cheapest. Returns the change of cost.
  double hide_signs() {
    double change = 0;
    for (int i = last_ / 16; i >= 0; --i) {
      if (!mask_[i]) continue;
      const int first = std::countr_zero(mask_[i]), last = 15 - std::countl_zero(mask_[i]);
      if (last - first <= 3) continue;
      int sum = 0;
      for (int bits = mask_[i]; bits; bits &= bits - 1)
        sum += level_[i * 16 + std::countr_zero(static_cast<unsigned>(bits))];
      const bool negative = coeffs_[corner(i) + offsets_[first]] < 0;
      change -= prices_.bits(1);
      if ((sum & 1) != (negative ? 1 : 0)) change += fix_parity(i, first, last, negative);
    }
    return change;
  }

  double fix_parity(int i, int first, int last, bool negative) {
    const int16_t* coeffs = coeffs_ + corner(i);
    const bool last_block = i == last_ / 16;
    double best = kInfinite;
    int best_n = first, best_change = 1;
    for (int n = last_block ? last : 15; n >= 0; --n) {
      // A new first level would have to obey the rule with its own sign.
      if (n < first && (coeffs[offsets_[n]] < 0) != negative) continue;
      const int k = i * 16 + n, level = mask_[i] >> n & 1 ? level_[k] : 0;
      const double value = scaled(corner(i) + offsets_[n]);
      const double now = level ? distortion(value, level) + level_price(level, states_[k]) : 0;
      const auto consider = [&](int change) {
        const double significance = level == 0 ? prices_.bits(1) : level + change == 0 ? -prices_.bits(1) : 0;
        double then = significance;
        if (level + change)
          then += distortion(value, level + change) + level_price(level + change, states_[k]);
        if (then - now >= best) return;
        best = then - now;
        best_n = n;
        best_change = change;
      };
      const bool too_small = value > level * step_;
      if (too_small && level < kMaxLevel) consider(1);
      // The first level of the sub-block and the last level of the block must not vanish.
      const bool may_vanish = n != first && !(n == last && last_block);
      if (level > 1 ? !too_small : level == 1 && may_vanish) consider(-1);
    }
    const int k = i * 16 + best_n;
    // All levels are rounded-up ones that must stay, and all other coefficients are exactly zero.
    if (best == kInfinite) {
      const double value = scaled(corner(i) + offsets_[first]);
      best_change = level_[k] < kMaxLevel ? 1 : -1;
      best = distortion(value, level_[k] + best_change) - distortion(value, level_[k]);
    }
    level_[k] = static_cast<int16_t>((mask_[i] >> best_n & 1 ? level_[k] : 0) + best_change);
    mask_[i] = static_cast<uint16_t>(level_[k] ? mask_[i] | 1 << best_n : mask_[i] & ~(1 << best_n));
    return best;
  }

  CodedExtent write_levels() {
    CodedExtent extent;
    for (int i = 0; i <= start_sub_block_; ++i) {
      if (!significant_[i]) continue;
      int16_t* out = levels_ + corner(i);
      for (int y = 0; y < 4; ++y) std::memset(out + (y << block_.log2_size), 0, 4 * sizeof(int16_t));
      const int x0 = sub_blocks_[i].x * 4, y0 = sub_blocks_[i].y * 4;
      for (unsigned bits = mask_[i]; bits; bits &= bits - 1) {
        const int n = std::countr_zero(bits), at = offsets_[n];
        const int16_t level = level_[i * 16 + n];
        out[at] = static_cast<int16_t>(coeffs_[corner(i) + at] < 0 ? -level : level);
        ++extent.count;
        extent.max_x = std::max(extent.max_x, x0 + positions_[n].x);
        extent.max_y = std::max(extent.max_y, y0 + positions_[n].y);
      }
    }
    return extent;
  }

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
  double last_price_[2][32];
  double flag_cost_[64];
  bool significant_[64];  // whether some coefficient of the sub-block rounds to a non-zero level
  // The non-zero levels of each sub-block, one bit per scan position. The arrays below hold data for the
  // significant sub-blocks only.
  uint16_t mask_[64];
  // These arrays are indexed by scan position in the block.
  int16_t level_[1024];
  LevelState states_[1024];
  double costs_[1024], significance_[1024];
};

}  // namespace

QuantResult quantize(const KernelTable& kernels, const int16_t* coeffs, int16_t* levels,
                     const QuantBlock& block, const ContextSet& contexts, const BinPrices& prices) {
  const int shift = quant_shift(block);
  const CodedExtent nearest = kernels.quantize[block.log2_size - 2](coeffs, levels, kQuantScale[block.qp % 6],
                                                                    1u << (shift - 1), shift);
  if (nearest.count == 0) return {};
  return RdQuantizer(coeffs, levels, block, contexts, prices).run();
}

}  // namespace inloop::hevc
