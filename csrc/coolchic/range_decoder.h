// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>

#include "coolchic/laplace.h"

namespace inloop::coolchic {

// Decodes one message of little-endian 32-bit words, with a state of 64 bits and counts of 24 bits. Of the
// coder's interval and the point in it, it keeps the length of the interval and the distance of the point
// from its start.
class RangeDecoder {
 public:
  RangeDecoder(const uint8_t* data, size_t size) : next_(data), end_(data + size) {
    point_ = uint64_t{next_word()} << 32;
    point_ |= next_word();
  }

  // Takes the symbol if its interval holds the point. Returns whether it does.
  bool take(uint32_t low, uint32_t high) {
    const uint64_t step = range_ >> kProbabilityBits;
    const uint64_t start = step * low, length = step * (high - low);
    const uint64_t inside = point_ - start;
    if (inside >= length) return false;
    point_ = inside;
    range_ = length;
    if (range_ < uint64_t{1} << 32) {
      range_ <<= 32;
      point_ = point_ << 32 | next_word();
    }
    return true;
  }

  // Returns the count that the interval of the next symbol holds; 2^24 or more means that the message is
  // damaged.
  uint64_t count() const { return point_ / (range_ >> kProbabilityBits); }

  // Decodes a symbol. Returns false if the message is damaged.
  bool decode(const SymbolRange& range, const LaplaceDistribution& distribution, int* symbol) {
    return decode(range, distribution, central_interval(range, distribution), symbol);
  }

  // Does the same with an interval from which the search starts.
  bool decode(const SymbolRange& range, const LaplaceDistribution& distribution, SymbolInterval start,
              int* symbol) {
    const uint64_t held = count();
    if (held >> kProbabilityBits) return false;
    const SymbolInterval found = find_symbol(range, distribution, static_cast<uint32_t>(held), start);
    *symbol = found.symbol;
    return take(found.low, found.high);
  }

  // Returns whether all words were used, and no more beyond them than an encoder leaves out.
  bool complete() const { return next_ == end_ && missing_ <= 2; }
  // Returns whether more words were needed than any encoder leaves out, so that what follows is invented.
  bool exhausted() const { return missing_ > 2; }

 private:
  uint32_t next_word() {
    if (next_ == end_) {
      ++missing_;
      return 0;
    }
    const uint32_t word = static_cast<uint32_t>(next_[0]) | static_cast<uint32_t>(next_[1]) << 8 |
                          static_cast<uint32_t>(next_[2]) << 16 | static_cast<uint32_t>(next_[3]) << 24;
    next_ += 4;
    return word;
  }

  const uint8_t* next_;
  const uint8_t* end_;
  uint64_t point_ = 0;
  uint64_t range_ = ~uint64_t{0};
  int64_t missing_ = 0;
};

}  // namespace inloop::coolchic
