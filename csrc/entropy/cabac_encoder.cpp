// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "entropy/cabac_encoder.h"

#include <bit>

#include "entropy/bit_writer.h"

namespace inloop {

ContextTransitions::ContextTransitions() {
  for (int state = 0; state < 64; ++state) {
    for (int mps = 0; mps < 2; ++mps) {
      const int s = state << 1 | mps;
      const int after_mps = state < 62 ? state + 1 : state;
      const int after_lps = kTransitionIdxLps[state];
      const int mps_after_lps = state == 0 ? 1 - mps : mps;
      next[s << 1 | mps] = static_cast<uint8_t>(after_mps << 1 | mps);
      next[s << 1 | (1 - mps)] = static_cast<uint8_t>(after_lps << 1 | mps_after_lps);
    }
  }
}

const ContextTransitions kContextTransitions;

void CabacEncoder::bin(int context, int value) {
  uint8_t& state = contexts_[static_cast<size_t>(context)];
  const uint32_t lps = kRangeTableLps[state >> 1][(range_ >> 6) & 3];
  range_ -= lps;
  int shift;
  if (value != (state & 1)) {
    shift = std::countl_zero(lps) - 23;  // this brings the range back to 9 bits
    low_ = (low_ + range_) << shift;
    range_ = lps << shift;
  } else {
    shift = range_ < 256 ? 1 : 0;
    low_ <<= shift;
    range_ <<= shift;
  }
  state = next_context_state(state, value);
  bits_left_ -= shift;
  emit_when_full();
}

void CabacEncoder::bypass(int value) {
  low_ <<= 1;
  if (value) low_ += range_;
  --bits_left_;
  emit_when_full();
}

void CabacEncoder::bypass_bits(uint32_t value, int count) {
  for (int i = count - 1; i >= 0; --i) bypass(static_cast<int>(value >> i & 1));
}

void CabacEncoder::terminate(int value) {
  range_ -= 2;
  if (value) {
    low_ = (low_ + range_) << 7;
    range_ = 2 << 7;
    bits_left_ -= 7;
  } else if (range_ < 256) {
    low_ <<= 1;
    range_ <<= 1;
    --bits_left_;
  }
  emit_when_full();
}

void CabacEncoder::emit_when_full() {
  if (bits_left_ < 12) emit_byte();
}

void CabacEncoder::emit_byte() {
  const uint32_t lead = low_ >> (24 - bits_left_);
  bits_left_ += 8;
  low_ &= 0xffffffffu >> bits_left_;
  if (lead == 0xff) {  // a later carry would pass through this byte
    ++buffered_bytes_;
    return;
  }
  if (buffered_bytes_ > 0) {
    const uint32_t carry = lead >> 8;
    bytes_.push_back(static_cast<uint8_t>(buffered_byte_ + carry));
    for (; buffered_bytes_ > 1; --buffered_bytes_) bytes_.push_back(static_cast<uint8_t>(0xff + carry));
  } else {
    buffered_bytes_ = 1;
  }
  buffered_byte_ = lead & 0xff;
  buffered_bytes_ = 1;
}

std::vector<uint8_t> CabacEncoder::finish() {
  if (low_ >> (32 - bits_left_)) {
    bytes_.push_back(static_cast<uint8_t>(buffered_byte_ + 1));
    for (; buffered_bytes_ > 1; --buffered_bytes_) bytes_.push_back(0);
    low_ -= 1u << (32 - bits_left_);
  } else {
    if (buffered_bytes_ > 0) bytes_.push_back(static_cast<uint8_t>(buffered_byte_));
    for (; buffered_bytes_ > 1; --buffered_bytes_) bytes_.push_back(0xff);
  }
  BitWriter tail;
  tail.bits(low_ >> 8, 24 - bits_left_);
  tail.trailing_bits();
  bytes_.insert(bytes_.end(), tail.bytes().begin(), tail.bytes().end());
  return std::move(bytes_);
}

}  // namespace inloop
