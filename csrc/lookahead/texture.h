// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "base/plane.h"
#include "base/status.h"

namespace inloop::lookahead {

// The texture of each 16x16 block of a source picture, on the scale of 8-bit samples and in raster order.
// Blocks at the right and lower border count the samples that they have.
struct Texture {
  int columns = 0, rows = 0;
  std::vector<uint32_t> energy;   // sum of squared distances from the mean, over luma and both chroma blocks
  std::vector<uint32_t> details;  // 16 times the mean of |second difference in both directions| of luma
};

// `planes` are Y, Cb and Cr at 4:2:0; T is uint8_t (bit_depth 8) or uint16_t. It is an error if the chroma
// planes do not have half the size of luma.
template <class T>
Status measure_texture(const PlaneView<const T> planes[3], int bit_depth, Texture& out);

}  // namespace inloop::lookahead
