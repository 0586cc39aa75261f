// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <stdint.h>

// The taps of the fractional positions (Tables 8-12 and 8-13). The header has data only, so that files built
// for any isa may include it.
namespace inloop::hevc {

constexpr int16_t kLumaFilter[4][8] = {{0, 0, 0, 64, 0, 0, 0, 0},
                                       {-1, 4, -10, 58, 17, -5, 1, 0},
                                       {-1, 4, -11, 40, 40, -11, 4, -1},
                                       {0, 1, -5, 17, 58, -10, 4, -1}};

constexpr int16_t kChromaFilter[8][4] = {{0, 64, 0, 0},    {-2, 58, 10, -2}, {-4, 54, 16, -2},
                                         {-6, 46, 28, -4}, {-4, 36, 36, -4}, {-4, 28, 46, -6},
                                         {-2, 16, 54, -4}, {-2, 10, 58, -2}};

constexpr int kMaxPredictionSize = 64;

// Filtering in both dimensions can give 33150, although an intermediate is meant to have 14 bits. Stored
// minus this offset, every possible value fits in 16 bits.
constexpr int kIntermediateOffset = 8192;

}  // namespace inloop::hevc
