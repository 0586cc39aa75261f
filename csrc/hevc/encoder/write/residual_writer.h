// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "hevc/syntax/cabac_contexts.h"
#include "hevc/syntax/residual_scan.h"
#include "hevc/syntax/significance_contexts.h"

namespace inloop::hevc {

// Splits a coordinate into last_sig_coeff prefix and suffix (7.4.9.11); several positions share a prefix.
struct LastPosition {
  int prefix, suffix, suffix_bits;
};
inline LastPosition split_last_position(int position) {
  if (position < 4) return {position, 0, 0};
  const int msb = std::bit_width(static_cast<unsigned>(position)) - 1;
  const int prefix = 2 * msb + (position >> (msb - 1) & 1);
  const int bits = msb - 1;
  return {prefix, position & ((1 << bits) - 1), bits};
}

// First context and shift of last_sig_coeff_{x,y}_prefix, relative to the first context of the axis
// (9.3.4.2.3).
struct LastContext {
  int offset, shift;
};
inline LastContext last_position_context(int c_idx, int log2_size) {
  if (c_idx) return {15, log2_size - 2};
  return {3 * (log2_size - 2) + ((log2_size - 1) >> 2), (log2_size + 1) >> 2};
}

// Writes coeff_abs_level_remaining (9.3.3.11): a truncated Rice prefix of up to four ones, then Exp-Golomb of
// order rice + 1.
template <class Coder>
void write_level_remaining(Coder& coder, uint32_t value, int rice) {
  const uint32_t quotient = value >> rice;
  if (quotient < 4) {
    coder.bypass_bits((1u << (quotient + 1)) - 2, static_cast<int>(quotient) + 1);
    coder.bypass_bits(value & ((1u << rice) - 1), rice);
    return;
  }
  uint32_t rest = value - (4u << rice);
  int order = rice + 1;
  coder.bypass_bits(15, 4);
  while (rest >= 1u << order) {
    coder.bypass(1);
    rest -= 1u << order++;
  }
  coder.bypass(0);
  coder.bypass_bits(rest, order);
}

// Writes residual_coding() (7.3.8.11) of one transform block, which must have at least one non-zero level.
template <class Coder>
class ResidualWriter {
 public:
  ResidualWriter(Coder& coder, const int16_t* levels, int log2_size, int c_idx, int scan_idx,
                 bool sign_hiding)
      : coder_(coder),
        levels_(levels),
        log2_size_(log2_size),
        c_idx_(c_idx),
        scan_idx_(scan_idx),
        sign_hiding_(sign_hiding),
        sub_blocks_(scan_order(log2_size - 2, scan_idx)),
        positions_(scan_order(2, scan_idx)) {}

  void write() {
    find_last();
    write_last();
    for (int i = last_sub_block_; i >= 0; --i) write_sub_block(i);
  }

 private:
  int level(int sub_block, int n) const {
    const int x = sub_blocks_[sub_block].x * 4 + positions_[n].x;
    const int y = sub_blocks_[sub_block].y * 4 + positions_[n].y;
    return levels_[(y << log2_size_) + x];
  }

  bool sub_block_coded(int sub_block) const {
    const int16_t* corner =
        levels_ + (sub_blocks_[sub_block].y * 4 << log2_size_) + sub_blocks_[sub_block].x * 4;
    uint64_t any = 0;
    for (int y = 0; y < 4; ++y) {
      uint64_t row;
      std::memcpy(&row, corner + (y << log2_size_), sizeof row);
      any |= row;
    }
    return any != 0;
  }

  void find_last() {
    last_sub_block_ = (1 << 2 * (log2_size_ - 2)) - 1;
    while (last_sub_block_ > 0 && !sub_block_coded(last_sub_block_)) --last_sub_block_;
    last_position_ = 15;
    while (last_position_ > 0 && level(last_sub_block_, last_position_) == 0) --last_position_;
  }

  void write_last() {
    int x = sub_blocks_[last_sub_block_].x * 4 + positions_[last_position_].x;
    int y = sub_blocks_[last_sub_block_].y * 4 + positions_[last_position_].y;
    if (scan_idx_ == kScanVertical) std::swap(x, y);
    const LastPosition last_x = split_last_position(x);
    const LastPosition last_y = split_last_position(y);
    write_last_prefix(kCtxLastX, last_x.prefix);
    write_last_prefix(kCtxLastY, last_y.prefix);
    coder_.bypass_bits(static_cast<uint32_t>(last_x.suffix), last_x.suffix_bits);
    coder_.bypass_bits(static_cast<uint32_t>(last_y.suffix), last_y.suffix_bits);
  }

  void write_last_prefix(int first_context, int prefix) {
    const LastContext context = last_position_context(c_idx_, log2_size_);
    const int longest = 2 * log2_size_ - 1;
    for (int i = 0; i < prefix; ++i) coder_.bin(first_context + context.offset + (i >> context.shift), 1);
    if (prefix < longest) coder_.bin(first_context + context.offset + (prefix >> context.shift), 0);
  }

  // Returns coded_sub_block_flag of the neighbours to the right (bit 0) and below (bit 1).
  int coded_neighbours(int i) const {
    const int x = sub_blocks_[i].x, y = sub_blocks_[i].y;
    const int last = (1 << (log2_size_ - 2)) - 1;
    const int right = x < last ? coded_ >> (y * 8 + x + 1) & 1 : 0;
    const int below = y < last ? coded_ >> ((y + 1) * 8 + x) & 1 : 0;
    return right | below << 1;
  }

  void write_sub_block(int i) {
    const int neighbours = coded_neighbours(i);
    const bool is_last = i == last_sub_block_;
    bool coded = is_last || i == 0;
    if (!coded) {
      coded = sub_block_coded(i);
      coder_.bin(kCtxCodedSubBlock + (c_idx_ ? 2 : 0) + (neighbours ? 1 : 0), coded);
    }
    if (!coded) return;
    coded_ |= uint64_t{1} << (sub_blocks_[i].y * 8 + sub_blocks_[i].x);
    write_significance(i, is_last, neighbours);
    if (count_ == 0) return;
    write_greater_flags(i);
    write_signs_and_remainders();
  }

  void write_significance(int i, bool is_last, int neighbours) {
    const uint8_t* contexts = kSignificanceContexts.of(c_idx_ > 0, log2_size_, scan_idx_, i == 0, neighbours);
    count_ = 0;
    // A lone DC coefficient of a coded sub-block must be significant, so its flag is inferred.
    bool infer_dc = !is_last && i > 0;
    int n = 15;
    if (is_last) {
      n = last_position_;
      keep(level(i, n), n);
      --n;
    }
    for (; n >= 0; --n) {
      const int value = level(i, n);
      if (n > 0 || !infer_dc) {
        coder_.bin(contexts[n], value != 0);
      }
      if (value) {
        keep(value, n);
        infer_dc = false;
      }
    }
  }

  void keep(int value, int n) {
    magnitude_[count_] = static_cast<uint16_t>(std::abs(value));
    negative_[count_] = value < 0;
    if (count_ == 0) last_in_scan_ = n;
    first_in_scan_ = n;
    ++count_;
  }

  void write_greater_flags(int i) {
    int context_set = i == 0 || c_idx_ ? 0 : 2;
    if (greater1_context_ == 0) ++context_set;
    greater1_context_ = 1;
    first_greater1_ = -1;
    const int offset = kCtxGreater1 + (c_idx_ ? 16 : 0) + 4 * context_set;
    for (int k = 0; k < std::min(count_, 8); ++k) {
      const bool greater = magnitude_[k] > 1;
      coder_.bin(offset + greater1_context_, greater);
      if (greater) {
        greater1_context_ = 0;
        if (first_greater1_ < 0) first_greater1_ = k;
      } else if (greater1_context_ > 0 && greater1_context_ < 3) {
        ++greater1_context_;
      }
    }
    if (first_greater1_ >= 0) {
      coder_.bin(kCtxGreater2 + (c_idx_ ? 4 : 0) + context_set, magnitude_[first_greater1_] > 2);
    }
  }

  void write_signs_and_remainders() {
    const bool hidden = sign_hiding_ && last_in_scan_ - first_in_scan_ > 3;
    const int signs = hidden ? count_ - 1 : count_;
    uint32_t sign_bits = 0;
    for (int k = 0; k < signs; ++k) sign_bits = sign_bits << 1 | (negative_[k] ? 1 : 0);
    coder_.bypass_bits(sign_bits, signs);
    int rice = 0;
    for (int k = 0; k < count_; ++k) {
      const int base = k >= 8 ? 1 : k == first_greater1_ ? 3 : 2;
      if (magnitude_[k] < base) continue;
      write_level_remaining(coder_, static_cast<uint32_t>(magnitude_[k] - base), rice);
      if (magnitude_[k] > 3 << rice) rice = std::min(rice + 1, 4);
    }
  }

  Coder& coder_;
  const int16_t* levels_;
  int log2_size_, c_idx_, scan_idx_;
  bool sign_hiding_;
  const ScanPosition* sub_blocks_;
  const ScanPosition* positions_;
  int last_sub_block_ = 0, last_position_ = 0;
  uint64_t coded_ = 0;  // coded_sub_block_flag, bit y * 8 + x
  int greater1_context_ = 1;
  // The non-zero levels of the sub-block that is written, in coding order (reverse scan).
  int count_ = 0;
  uint16_t magnitude_[16];
  bool negative_[16];
  int first_in_scan_ = 0, last_in_scan_ = 0, first_greater1_ = -1;
};

}  // namespace inloop::hevc
