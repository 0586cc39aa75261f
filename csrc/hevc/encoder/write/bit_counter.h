// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <bit>
#include <cstdint>

#include "entropy/cabac_encoder.h"
#include "hevc/syntax/cabac_contexts.h"

namespace inloop::hevc {

// One bit in the CU of kEntropyBits.
constexpr uint64_t kOneBit = 1 << 15;

// Counts what CabacEncoder would write, with adapting contexts: the estimating twin of CabacEncoder.
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

// Cost of one bin without a change of state, in 1/32768 bit.
inline uint64_t bin_cost(const ContextSet& contexts, int context, int value) {
  return kEntropyBits[contexts[static_cast<size_t>(context)] ^ value];
}

}  // namespace inloop::hevc
