// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "entropy/cabac_decoder.h"

namespace inloop {

CabacTransitions::CabacTransitions() {
  constexpr unsigned kLastAdaptive = 62;
  for (unsigned state = 0; state < 128; ++state) {
    const unsigned index = state >> 1, mps = state & 1;
    next[0][state] = static_cast<uint8_t>((index < kLastAdaptive ? index + 1 : index) << 1 | mps);
    next[1][state] = static_cast<uint8_t>(kTransitionIdxLps[index] << 1 | (index == 0 ? mps ^ 1 : mps));
  }
}

const CabacTransitions kCabacTransitions;

}  // namespace inloop
