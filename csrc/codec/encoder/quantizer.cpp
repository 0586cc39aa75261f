// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "codec/encoder/quantizer.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "codec/encoder/bit_counter.h"
#include "codec/encoder/residual_writer.h"
#include "codec/encoder/significance_contexts.h"
#include "codec/residual_scan.h"

namespace inloop::codec {
namespace {

constexpr uint32_t kQuantScale[6] = {26214, 23302, 20560, 18396, 16384, 14564};
constexpr int kMaxLevel = 32767;

int remaining_bits(uint32_t value, int rice) {
  const uint32_t quotient = value >> rice;
  if (quotient < 4) return static_cast<int>(quotient) + 1 + rice;
  uint32_t rest = value - (4u << rice);
  int order = rice + 1, bits = 5;
  for (; rest >= 1u << order; ++bits) rest -= 1u << order++;
  return bits + order;
}

// State of the level coding at one coefficient: which flags it may use, and with which contexts. No initial
// values, as arrays of it stay partly unused.
struct LevelState {
  uint8_t context_set;
  uint8_t greater1_context;
  uint8_t coded;  // non-zero levels of this sub-block so far
  uint8_t rice;
  bool greater1_seen;

  int base() const { return coded >= 8 ? 1 : greater1_seen ? 2 : 3; }

  void advance(int level) {
    if (level == 0) return;
    if (level >= base() && level > 3 << rice) rice = static_cast<uint8_t>(std::min(rice + 1, 4));
    if (level > 1) {
      greater1_context = 0;
      if (coded < 8) greater1_seen = true;
    } else if (greater1_context > 0 && greater1_context < 3 && coded < 8) {
      ++greater1_context;
    }
    ++coded;
  }
};

int quant_shift(const QuantBlock& block) {
  return 14 + block.qp / 6 + 15 - block.bit_depth - block.log2_size;
}

class RdQuantizer {
 public:
  RdQuantizer(const int16_t* coeffs, int16_t* levels, const QuantBlock& block, const ContextSet& contexts)
      : coeffs_(coeffs),
        levels_(levels),
        block_(block),
        contexts_(contexts),
        bit_price_(block.lambda / kOneBit),
        shift_(quant_shift(block)),
        scale_(kQuantScale[block.qp % 6]),
        sub_blocks_(scan_order(block.log2_size - 2, block.scan_idx)),
        positions_(scan_order(2, block.scan_idx)) {
    // Squared error in the samples of one squared unit of (coefficient * scale).
    const double gain = static_cast<double>(1 << (15 - block.bit_depth - block.log2_size));
    error_scale_ = 1.0 / (gain * gain * scale_ * scale_);
  }

  // `levels` holds the nearest levels, not all of them zero.
  CodedExtent run() {
    find_start();
    last_cost_table(kCtxLastX, last_cost_[0]);
    last_cost_table(kCtxLastY, last_cost_[1]);
    for (int i = start_sub_block_; i >= 0; --i) decide_sub_block(i);
    if (cut_after_best_last() == 0) return {};
    if (block_.sign_hiding) hide_signs();
    return write_levels();
  }

 private:
  uint64_t cost(int context, int value) const { return bin_cost(contexts_, context, value); }
  double price(uint64_t bits) const { return bit_price_ * static_cast<double>(bits); }

  int raster(int i, int n) const {
    return ((sub_blocks_[i].y * 4 + positions_[n].y) << block_.log2_size) + sub_blocks_[i].x * 4 +
           positions_[n].x;
  }

  // Finds the sub-blocks with a non-zero nearest level, and the last such level.
  void find_start() {
    for (int i = 0; i < 1 << 2 * (block_.log2_size - 2); ++i) {
      significant_[i] = any_level(i);
      if (significant_[i]) start_sub_block_ = i;
    }
    start_position_ = 15;
    while (levels_[raster(start_sub_block_, start_position_)] == 0) --start_position_;
  }

  bool any_level(int i) const {
    const int16_t* corner = levels_ + raster(i, 0);
    uint64_t any = 0;
    for (int y = 0; y < 4; ++y) {
      uint64_t row;
      std::memcpy(&row, corner + (y << block_.log2_size), sizeof row);
      any |= row;
    }
    return any != 0;
  }

  uint32_t scaled(int raster_position) const {
    return static_cast<uint32_t>(std::abs(static_cast<int>(coeffs_[raster_position]))) * scale_;
  }

  int nearest(uint32_t scaled) const {
    return static_cast<int>(std::min<uint32_t>((scaled + (1u << (shift_ - 1))) >> shift_, kMaxLevel));
  }

  double squared_error(uint32_t scaled, int level) const {
    const double error =
        static_cast<double>(scaled) - static_cast<double>(static_cast<int64_t>(level) << shift_);
    return error * error * error_scale_;
  }

  // Bits of a non-zero level besides its sig_coeff_flag.
  uint64_t level_bits(int level, const LevelState& state) const {
    uint64_t bits = kOneBit;  // sign
    if (state.coded < 8) {
      const int greater1 =
          kCtxGreater1 + (block_.c_idx ? 16 : 0) + 4 * state.context_set + state.greater1_context;
      bits += cost(greater1, level > 1);
      if (level > 1 && !state.greater1_seen) {
        bits += cost(kCtxGreater2 + (block_.c_idx ? 4 : 0) + state.context_set, level > 2);
      }
    }
    if (level >= state.base()) {
      bits += kOneBit *
              static_cast<uint64_t>(remaining_bits(static_cast<uint32_t>(level - state.base()), state.rice));
    }
    return bits;
  }

  int coded_neighbours(int i) const {
    const int x = sub_blocks_[i].x, y = sub_blocks_[i].y;
    const int last = (1 << (block_.log2_size - 2)) - 1;
    const int right = x < last ? coded_ >> (y * 8 + x + 1) & 1 : 0;
    const int below = y < last ? coded_ >> ((y + 1) * 8 + x) & 1 : 0;
    return right | below << 1;
  }

  // All costs are relative to coding nothing: the squared error of zeros cancels out.
  void decide_sub_block(int i) {
    const int neighbours = coded_neighbours(i);
    const bool holds_start = i == start_sub_block_;
    const bool flag_is_coded = i > 0 && !holds_start;
    const int flag_context = kCtxCodedSubBlock + (block_.c_idx ? 2 : 0) + (neighbours ? 1 : 0);
    const double flag_zero = flag_is_coded ? price(cost(flag_context, 0)) : 0;
    flag_cost_[i] = flag_zero;
    kept_[i] = false;
    if (!significant_[i]) return;

    const uint8_t* significance =
        significance_contexts(block_.c_idx, block_.log2_size, block_.scan_idx, i == 0, neighbours);
    LevelState state{};
    state.context_set =
        static_cast<uint8_t>((i == 0 || block_.c_idx ? 0 : 2) + (previous_greater1_ == 0 ? 1 : 0));
    state.greater1_context = 1;
    double coded_cost = 0;
    int n = 15;
    if (holds_start) {
      for (; n > start_position_; --n) clear_position(i * 16 + n, state);
    }
    for (; n >= 0; --n) {
      const int k = i * 16 + n;
      states_[k] = state;
      // The last coefficient's flag is inferred; so is DC's in a sub-block that would be empty without it,
      // which is rare enough to be ignored here.
      const bool is_start = holds_start && n == start_position_;
      const double sig_zero = is_start ? 0 : price(cost(significance[n], 0));
      const double sig_one = is_start ? 0 : price(cost(significance[n], 1));
      choose_level(k, scaled(raster(i, n)), state, sig_zero, sig_one);
      coded_cost += costs_[k];
      state.advance(level_[k]);
    }
    const double flag_one = flag_is_coded ? price(cost(flag_context, 1)) : 0;
    if (state.coded == 0 || (flag_is_coded && flag_zero < coded_cost + flag_one)) return;
    kept_[i] = true;
    flag_cost_[i] = flag_one;
    previous_greater1_ = state.greater1_context;
    coded_ |= uint64_t{1} << (sub_blocks_[i].y * 8 + sub_blocks_[i].x);
  }

  void clear_position(int k, const LevelState& state) {
    states_[k] = state;
    level_[k] = 0;
    costs_[k] = significance_[k] = 0;
  }

  void choose_level(int k, uint32_t scaled, const LevelState& state, double sig_zero, double sig_one) {
    const int highest = nearest(scaled);
    double best = sig_zero;
    level_[k] = 0;
    significance_[k] = sig_zero;
    if (highest > 0) {
      const double zero = squared_error(scaled, 0);
      if (highest > 2) best = kInfinite;
      for (int level = highest; level >= std::max(1, highest - 1); --level) {
        const double candidate =
            squared_error(scaled, level) - zero + sig_one + price(level_bits(level, state));
        if (candidate < best) {
          best = candidate;
          level_[k] = level;
          significance_[k] = sig_one;
        }
      }
    }
    costs_[k] = best;
  }

  void last_cost_table(int first_context, double* table) const {
    const LastContext context = last_position_context(block_.c_idx, block_.log2_size);
    const int longest = 2 * block_.log2_size - 1;
    for (int position = 0; position < 1 << block_.log2_size; ++position) {
      const LastPosition last = split_last_position(position);
      uint64_t bits = kOneBit * static_cast<uint64_t>(last.suffix_bits);
      for (int b = 0; b < last.prefix; ++b)
        bits += cost(first_context + context.offset + (b >> context.shift), 1);
      if (last.prefix < longest)
        bits += cost(first_context + context.offset + (last.prefix >> context.shift), 0);
      table[position] = price(bits);
    }
  }

  double last_cost(int i, int n) const {
    int x = sub_blocks_[i].x * 4 + positions_[n].x, y = sub_blocks_[i].y * 4 + positions_[n].y;
    if (block_.scan_idx == kScanVertical) std::swap(x, y);
    return last_cost_[0][x] + last_cost_[1][y];
  }

  // Walks from the end and drops trailing levels while that is cheaper; a level above one is never dropped.
  // Returns the number of levels left.
  int cut_after_best_last() {
    double rest = 0;  // change of cost of everything before the candidate
    double best = kInfinite;
    last_ = -1;
    bool stop = false;
    for (int i = start_sub_block_; i >= 0 && !stop; --i) {
      rest -= flag_cost_[i];
      if (!kept_[i]) continue;
      for (int n = 15; n >= 0 && !stop; --n) {
        const int k = i * 16 + n;
        if (level_[k]) {
          const double total = rest + last_cost(i, n) - significance_[k];
          if (total < best) {
            best = total;
            last_ = k;
          }
          stop = level_[k] > 1;
        }
        rest -= costs_[k];
      }
    }
    int count = 0;
    for (int i = start_sub_block_; i >= 0; --i) {
      if (!kept_[i]) continue;
      int in_block = 0;
      for (int k = i * 16; k < i * 16 + 16; ++k) {
        if (k > last_) level_[k] = 0;
        in_block += level_[k] != 0;
      }
      kept_[i] = in_block > 0;
      count += in_block;
    }
    return count;
  }

  // Makes the parity of every sub-block's sum tell the sign of its first level, by the cheapest change of one
  // level.
  void hide_signs() {
    for (int i = last_ / 16; i >= 0; --i) {
      if (!kept_[i]) continue;
      const int* level = level_ + i * 16;
      int first = 0, last = 15;
      while (!level[last]) --last;
      while (!level[first]) ++first;
      if (last - first <= 3) continue;
      int sum = 0;
      for (int n = first; n <= last; ++n) sum += level[n];
      const bool negative = coeffs_[raster(i, first)] < 0;
      if ((sum & 1) != (negative ? 1 : 0)) fix_parity(i, first, last);
    }
  }

  void fix_parity(int i, int first, int last) {
    const bool last_block = i == last_ / 16;
    double best = kInfinite;
    int best_n = -1, best_change = 0;
    for (int n = last_block ? last : 15; n >= 0; --n) {
      const int k = i * 16 + n;
      const int at = raster(i, n);
      for (int change : {1, -1}) {
        const int level = level_[k] + change;
        if (level < 0 || level > kMaxLevel) continue;
        // A new first level would bring its own sign into the rule; the first and the very last level must
        // not vanish.
        if (n < first && (coeffs_[at] < 0) != (coeffs_[raster(i, first)] < 0)) continue;
        if (level == 0 && (n == first || (n == last && last_block))) continue;
        const double delta = change_cost(k, scaled(at), level);
        if (delta < best) {
          best = delta;
          best_n = n;
          best_change = change;
        }
      }
    }
    if (best_n >= 0) level_[i * 16 + best_n] += best_change;
  }

  double change_cost(int k, uint32_t scaled, int level) const {
    const LevelState& state = states_[k];
    const auto bits = [&](int l) {
      return l ? price(level_bits(l, state)) + kSignificanceBits * block_.lambda : 0.0;
    };
    return squared_error(scaled, level) - squared_error(scaled, level_[k]) + bits(level) - bits(level_[k]);
  }

  CodedExtent write_levels() {
    CodedExtent extent;
    std::fill_n(levels_, 1 << 2 * block_.log2_size, int16_t{0});
    for (int i = 0; i <= last_ / 16; ++i) {
      if (!kept_[i]) continue;
      for (int n = 0; n < 16; ++n) {
        const int level = level_[i * 16 + n];
        if (!level) continue;
        const int at = raster(i, n);
        levels_[at] = static_cast<int16_t>(coeffs_[at] < 0 ? -level : level);
        ++extent.count;
        extent.max_x = std::max(extent.max_x, at & ((1 << block_.log2_size) - 1));
        extent.max_y = std::max(extent.max_y, at >> block_.log2_size);
      }
    }
    return extent;
  }

  static constexpr double kInfinite = 1e300;
  static constexpr double kSignificanceBits = 1.0;  // bits between a zero and a non-zero flag, typical

  const int16_t* coeffs_;
  int16_t* levels_;
  const QuantBlock& block_;
  const ContextSet& contexts_;
  double bit_price_;
  int shift_;
  uint32_t scale_;
  const ScanPosition* sub_blocks_;
  const ScanPosition* positions_;
  double error_scale_;
  int start_sub_block_ = 0, start_position_ = 0;
  int last_ = -1;  // scan index of the last level
  int previous_greater1_ = 1;
  uint64_t coded_ = 0;
  double last_cost_[2][32];
  double flag_cost_[64];
  bool significant_[64];  // some coefficient of the sub-block rounds to a non-zero level
  bool kept_[64];         // the sub-block has levels; the arrays below hold its data
  // By scan index.
  int level_[1024];
  double costs_[1024], significance_[1024];
  LevelState states_[1024];
};

}  // namespace

CodedExtent quantize(const KernelTable& kernels, const int16_t* coeffs, int16_t* levels,
                     const QuantBlock& block, const ContextSet& contexts) {
  const int shift = quant_shift(block);
  const CodedExtent nearest = kernels.quantize[block.log2_size - 2](coeffs, levels, kQuantScale[block.qp % 6],
                                                                    1u << (shift - 1), shift);
  if (nearest.count == 0) return {};
  return RdQuantizer(coeffs, levels, block, contexts).run();
}

}  // namespace inloop::codec
