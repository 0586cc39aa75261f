// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

// Tables of the arithmetic coder of Rec. ITU-T H.265 (clause 9.3). A context is one byte: (pStateIdx << 1) |
// valMps.
namespace inloop {

extern const uint8_t kRangeTableLps[64][4];  // Table 9-46
extern const uint8_t kTransitionIdxLps[64];  // Table 9-47 (valMps flip at state 0 is the caller's)

// Cost of coding `bin` in state s: kEntropyBits[s ^ bin], in 1/32768 bit; s = (pStateIdx << 1) | valMps.
extern const uint32_t kEntropyBits[128];

}  // namespace inloop
