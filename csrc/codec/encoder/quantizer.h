// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

#include "codec/cabac_contexts.h"
#include "codec/kernels/table.h"

namespace inloop::codec {

// What quantisation needs to know of a transform block.
struct QuantBlock {
  int log2_size = 2;
  int c_idx = 0;
  int scan_idx = 0;
  int qp = 0;  // Qp', with QpBdOffset
  int bit_depth = 8;
  bool sign_hiding = false;
  double lambda = 0;  // squared error per bit
};

// Rate-distortion optimised quantisation: each level, each sub-block and the last position are chosen by
// squared error plus priced bits under `contexts`, which stay as they are; then signs are hidden where that
// is on. coeffs and levels are dense n x n blocks.
CodedExtent quantize(const KernelTable& kernels, const int16_t* coeffs, int16_t* levels,
                     const QuantBlock& block, const ContextSet& contexts);

}  // namespace inloop::codec
