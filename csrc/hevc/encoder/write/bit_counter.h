// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <bit>
#include <cstdint>

#include "entropy/cabac_encoder.h"
#include "hevc/syntax/cabac_contexts.h"

namespace inloop::hevc {

// The value of one bit in kEntropyBits.
constexpr uint64_t kOneBit = 1 << 15;

// Counts the bits that CabacEncoder would write, with the same interface and the same adaptation of contexts.
class BitCounter {
 public:
  explicit BitCounter(const ContextSet& contexts) : contexts_(contexts) {}

  void bin(int context, int value) {
    uint8_t& state = contexts_[static_cast<size_t>(context)];
    cost_ += kEntropyBits[state ^ value];
    state = next_context_state(state, value);
  }
  void bypass(int) { cost_ += kOneBit; }
  void bypass_bits(uint32_t, int count) { cost_ += kOneBit * static_cast<uint64_t>(count); }
  void terminate(int) {}

  uint64_t cost() const { return cost_; }  // in 1/32768 bit
  const ContextSet& contexts() const { return contexts_; }

 private:
  ContextSet contexts_;
  uint64_t cost_ = 0;
};

// Returns the cost of one bin in 1/32768 bit, without adapting the context.
inline uint64_t bin_cost(const ContextSet& contexts, int context, int value) {
  return kEntropyBits[contexts[static_cast<size_t>(context)] ^ value];
}

}  // namespace inloop::hevc
