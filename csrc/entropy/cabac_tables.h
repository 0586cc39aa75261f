// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

// The tables of the arithmetic coder of Rec. ITU-T H.265 (clause 9.3). A context is one byte: (pStateIdx <<
// 1) | valMps.
namespace inloop {

extern const uint8_t kRangeTableLps[64][4];  // Table 9-46
extern const uint8_t kTransitionIdxLps[64];  // Table 9-47; the caller flips valMps at state 0

// The cost of coding `bin` in state s = (pStateIdx << 1) | valMps is kEntropyBits[s ^ bin], in 1/32768 bit.
extern const uint32_t kEntropyBits[128];

}  // namespace inloop
