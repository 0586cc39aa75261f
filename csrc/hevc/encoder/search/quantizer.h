// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

#include "hevc/encoder/write/bit_counter.h"
#include "hevc/kernels/table.h"

namespace inloop::hevc {

// Costs of bins by context state at one lambda: the table that turns every estimate into a load.
class BinPrices {
 public:
  BinPrices() = default;
  // lambda: squared error per bit.
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
  int qp = 0;  // Qp', with QpBdOffset
  int bit_depth = 8;
  bool sign_hiding = false;
};

struct QuantResult {
  CodedExtent extent;
  double cost = 0;  // squared error plus priced bits (without cbf), against coding nothing
};

// Rate-distortion optimised quantisation: each level, each sub-block and the last position are chosen by
// squared error plus priced bits under `contexts`, which stay as they are; then signs are hidden where that
// is on. coeffs and levels are dense n x n blocks.
QuantResult quantize(const KernelTable& kernels, const int16_t* coeffs, int16_t* levels,
                     const QuantBlock& block, const ContextSet& contexts, const BinPrices& prices);

}  // namespace inloop::hevc
