// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "entropy/cabac_tables.h"

namespace inloop {

// The state that follows the coding of `bin` in state s = (pStateIdx << 1) | valMps (9.3.4.3.2.2), as a table
// indexed by s << 1 | bin.
struct ContextTransitions {
  uint8_t next[256];
  ContextTransitions();
};
extern const ContextTransitions kContextTransitions;

inline uint8_t next_context_state(uint8_t state, int bin) {
  return kContextTransitions.next[state << 1 | bin];
}

// The arithmetic encoder (9.3.4.3; the informative 9.3.5 describes it). It is one of the two coders that
// SyntaxWriter writes to.
class CabacEncoder {
 public:
  // `contexts` gives the states at the start.
  explicit CabacEncoder(std::span<const uint8_t> contexts) : contexts_(contexts.begin(), contexts.end()) {}

  void bin(int context, int value);
  void bypass(int value);
  void bypass_bits(uint32_t value, int count);  // most significant bit first
  void terminate(int value);
  // Returns the number of bits written so far, including those still in the registers.
  int64_t bits() const {
    return 8 * (static_cast<int64_t>(bytes_.size()) + buffered_bytes_) + 23 - bits_left_;
  }
  std::span<const uint8_t> contexts() const { return contexts_; }
  std::vector<uint8_t> finish();  // Must follow terminate(1); the bytes end with the stop bit and alignment.

 private:
  void emit_when_full();
  void emit_byte();

  std::vector<uint8_t> contexts_;
  std::vector<uint8_t> bytes_;
  uint32_t low_ = 0;
  uint32_t range_ = 510;
  int bits_left_ = 23;      // free bits in low_
  int buffered_bytes_ = 0;  // bytes that a carry may still change
  uint32_t buffered_byte_ = 0xff;
};

}  // namespace inloop
