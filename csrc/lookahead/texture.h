// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "base/plane.h"
#include "base/status.h"

namespace inloop::lookahead {

// What each 16x16 block of a source picture looks like, on the scale of 8-bit samples, raster order. Blocks
// at the right and lower border count the samples they have.
struct Texture {
  int columns = 0, rows = 0;
  std::vector<uint32_t> energy;   // sum of squared distances from the mean, luma and both chroma blocks
  std::vector<uint32_t> details;  // 16 x the mean |second difference in both directions| of luma
};

// planes: Y, Cb, Cr at 4:2:0; T is uint8_t (bit_depth 8) or uint16_t.
template <class T>
Status measure_texture(const PlaneView<const T> planes[3], int bit_depth, Texture& out);

}  // namespace inloop::lookahead
