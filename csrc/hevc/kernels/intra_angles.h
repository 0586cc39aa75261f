// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <stdint.h>

namespace inloop::hevc {
namespace {

// intraPredAngle (Table 8-4) and, for the negative angles, invAngle (Table 8-5), indexed by mode.
constexpr int8_t kIntraAngle[35] = {0,  0,  32,  26,  21,  17,  13,  9,   5,   2,   0,   -2,
                                    -5, -9, -13, -17, -21, -26, -32, -26, -21, -17, -13, -9,
                                    -5, -2, 0,   2,   5,   9,   13,  17,  21,  26,  32};
constexpr int16_t kIntraInverseAngle[35] = {0,    0,    0,     0,     0,    0,    0,     0,    0,
                                            0,    0,    -4096, -1638, -910, -630, -482,  -390, -315,
                                            -256, -315, -390,  -482,  -630, -910, -1638, -4096};

}  // namespace
}  // namespace inloop::hevc
