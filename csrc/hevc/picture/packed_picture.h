// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "hevc/picture/picture.h"

namespace inloop::hevc {

// The conformance window of an 8-bit picture, a byte a sample and without gaps: what most users want to see.
struct PackedPicture {
  int width = 0, height = 0;  // luma
  std::vector<uint8_t> planes[3];
};

// frame: the picture's samples or others of its size.
void pack_picture(const Frame& frame, const Sps& sps, PackedPicture& packed);

}  // namespace inloop::hevc
