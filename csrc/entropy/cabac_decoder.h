// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "entropy/cabac_tables.h"

namespace inloop {

// The transitions of contexts by the coded path: next[0] after the most probable symbol, next[1] after the
// other.
struct CabacTransitions {
  uint8_t next[2][128];
  CabacTransitions();
};
extern const CabacTransitions kCabacTransitions;

// The arithmetic decoder (9.3.4.3) without the contexts. A store to a context may alias anything, so a loop
// that keeps a copy of this object has its state in registers. value_ holds the offset register of the
// standard (9 bits) with `bits_` further bits of the stream below it; renormalisation only changes that
// count.
//
// The data must be followed by at least 4 readable bytes (NalUnit::kPadding). Data beyond them reads as
// zeros, and reading it shows in overrun().
class CabacDecoder {
 public:
  // Starts at a byte position (9.3.2.5).
  void start(const uint8_t* data, const uint8_t* end) {
    begin_ = next_ = data;
    end_ = end;
    past_end_ = 0;
    value_ = 0;
    bits_ = -9;
    range_ = 510;
    refill();
  }

  int decode_bin(uint8_t& context) {
    if (bits_ < 8) refill();
    const unsigned state = context;
    const uint32_t lps = kRangeTableLps[state >> 1][(range_ >> 6) & 3];
    const uint32_t mps = range_ - lps;
    const uint64_t scaled = static_cast<uint64_t>(mps) << bits_;
    const bool is_lps = value_ >= scaled;
    value_ -= is_lps ? scaled : 0;
    const uint32_t range = is_lps ? lps : mps;
    context = kCabacTransitions.next[is_lps][state];
    const int shift = std::countl_zero(range) - 23;
    range_ = range << shift;
    bits_ -= shift;
    return static_cast<int>((state & 1) ^ static_cast<unsigned>(is_lps));
  }

  int decode_bypass() {
    if (bits_ < 1) refill();
    return take_bypass();
  }

  // Returns 0 to 16 bypass bins, with the first one in the highest bit.
  uint32_t decode_bypass_bits(int count) {
    if (bits_ < count) refill();
    uint32_t result = 0;
    for (int i = 0; i < count; ++i) result = result << 1 | static_cast<uint32_t>(take_bypass());
    return result;
  }

  int decode_terminate() {
    if (bits_ < 8) refill();
    range_ -= 2;
    if (value_ >= static_cast<uint64_t>(range_) << bits_) return 1;
    const int shift = std::countl_zero(range_) - 23;
    range_ <<= shift;
    bits_ -= shift;
    return 0;
  }

  // Returns, after a terminating bin of 1, the next byte border, where PCM samples or the next substream
  // begin. The 9 bits of the offset register then end with the stop bit.
  const uint8_t* aligned_position() const {
    const ptrdiff_t bytes = (consumed_bits() + 7) / 8;
    return bytes < end_ - begin_ ? begin_ + bytes : end_;
  }
  const uint8_t* end() const { return end_; }

  // Returns, after a terminating bin of 1, whether the stop bit follows it.
  bool at_stop_bit() const {
    const ptrdiff_t last = consumed_bits() - 1;
    return last < (end_ - begin_) * 8 && (begin_[last / 8] >> (7 - last % 8) & 1);
  }

#ifdef INLOOP_TESTING
  // How to change the data so that a terminating bin, decoded next, is 1: the first `bits` bits from begin() on are a
  // number; `addend` is added to it, and the last bit is set, which is the stop bit then.
  struct Ending {
    ptrdiff_t bits;
    int addend;
  };
  Ending ending() const {
    return {consumed_bits(), static_cast<int>(range_) - 2 - static_cast<int>(value_ >> bits_)};
  }
  const uint8_t* begin() const { return begin_; }
#endif

  // Returns whether bits were used that the data does not have.
  bool overrun() const { return consumed_bits() > (end_ - begin_) * 8 + 7; }

 private:
  ptrdiff_t consumed_bits() const { return (next_ - begin_ + past_end_) * 8 - bits_; }

  int take_bypass() {
    --bits_;
    const uint64_t scaled = static_cast<uint64_t>(range_) << bits_;
    const bool bin = value_ >= scaled;
    value_ -= bin ? scaled : 0;
    return bin;
  }

  void refill() {
    uint32_t word = 0;
    if (next_ < end_) {
      std::memcpy(&word, next_, sizeof word);
      word = __builtin_bswap32(word);
      next_ += 4;
    } else {
      past_end_ += 4;
    }
    value_ = value_ << 32 | word;
    bits_ += 32;
  }

  const uint8_t* begin_ = nullptr;
  const uint8_t* next_ = nullptr;
  const uint8_t* end_ = nullptr;
  ptrdiff_t past_end_ = 0;
  uint64_t value_ = 0;
  int bits_ = 0;
  uint32_t range_ = 0;
};

}  // namespace inloop
