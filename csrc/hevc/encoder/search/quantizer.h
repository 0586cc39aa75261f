// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

#include "hevc/encoder/write/bit_counter.h"
#include "hevc/kernels/table.h"

namespace inloop::hevc {

// Holds the cost of a bin for each context state at one lambda, so that an estimate is a single load.
class BinPrices {
 public:
  BinPrices() = default;
  // lambda is the squared error per bit.
  explicit BinPrices(double lambda) : bit_(lambda) {
    for (int state = 0; state < 128; ++state) price_[state] = lambda * kEntropyBits[state] / kOneBit;
  }
  double bin(uint8_t state, int value) const { return price_[state ^ value]; }
  double bits(int count) const { return bit_ * count; }

 private:
  double price_[128] = {};
  double bit_ = 0;
};

// What quantisation needs to know of a transform block.
struct QuantBlock {
  int log2_size = 2;
  int c_idx = 0;
  int scan_idx = 0;
  int qp = 0;  // Qp', which includes QpBdOffset
  int bit_depth = 8;
  bool sign_hiding = false;
};

struct QuantResult {
  CodedExtent extent;
  double cost = 0;  // squared error plus priced bits (without cbf), relative to coding nothing
};

// Rate-distortion optimised quantisation. It chooses each level, each sub-block and the last position by
// squared error plus bits priced under `contexts`, which are not adapted; then it hides signs where that is
// enabled. `coeffs` and `levels` are dense n x n blocks.
QuantResult quantize(const KernelTable& kernels, const int16_t* coeffs, int16_t* levels,
                     const QuantBlock& block, const ContextSet& contexts, const BinPrices& prices);

}  // namespace inloop::hevc
