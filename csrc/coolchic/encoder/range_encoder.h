// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "coolchic/laplace.h"

namespace inloop::coolchic {

// The counts of a symbol, of 2^kProbabilityBits.
struct CountInterval {
  uint32_t low;
  uint32_t high;
};

// Encodes one message that RangeDecoder reads. The words that have left the state stay within reach, so that a
// carry can run back into them.
class RangeEncoder {
 public:
  void encode(CountInterval interval) {
    const uint64_t step = range_ >> kProbabilityBits;
    add(step * interval.low);
    range_ = step * (interval.high - interval.low);
    if (range_ >= uint64_t{1} << 32) return;
    words_.push_back(static_cast<uint32_t>(lower_ >> 32));
    lower_ <<= 32;
    range_ <<= 32;
  }

  // Returns the message as bytes. It stands for the lowest point of the interval whose last word is zero, as
  // the original coder does, and leaves that word out, because a decoder takes missing words for zeros.
  std::vector<uint8_t> finish() {
    add(0xffffffff);
    words_.push_back(static_cast<uint32_t>(lower_ >> 32));
    std::vector<uint8_t> bytes;
    bytes.reserve(4 * words_.size());
    for (const uint32_t word : words_) {
      for (int shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<uint8_t>(word >> shift));
    }
    return bytes;
  }

 private:
  void add(uint64_t length) {
    lower_ += length;
    if (lower_ >= length) return;
    for (size_t i = words_.size(); i-- > 0;) {
      if (++words_[i] != 0) return;
    }
  }

  uint64_t lower_ = 0;
  uint64_t range_ = ~uint64_t{0};
  std::vector<uint32_t> words_;
};

}  // namespace inloop::coolchic
