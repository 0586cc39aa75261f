// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "base/aligned_buffer.h"
#include "nn/cpu/run/kernel_calls.h"

namespace inloop::nn {

// What the kernel computes between pixels and results, for whichever step runs.
class WinogradScratch {
 public:
  // Makes it large enough for all calls that use the kernel, and gives it to them.
  void attach(const KernelTable& table, std::vector<KernelCall<int16_t>>& calls);

 private:
  AlignedBuffer<int16_t> pixels_;
  AlignedBuffer<int32_t> sums_;
};

// Runs two rows of a convolution: tiles whose values are within the limit by Winograd's kernel, all others and
// the last column of an odd number by the direct one. `places` are those of the event.
void run_winograd(const KernelTable& table, KernelCall<int16_t>& call, const uint32_t* places,
                  const int16_t** pointers);

}  // namespace inloop::nn
