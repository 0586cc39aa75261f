// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "hevc/picture/picture.h"

namespace inloop::hevc {

// The conformance window of an 8-bit picture with one byte per sample and no gaps, which is what most users
// want.
struct PackedPicture {
  int width = 0, height = 0;  // in luma samples
  std::vector<uint8_t> planes[3];
};

// `frame` holds the samples of the picture or others of the same size.
void pack_picture(const Frame& frame, const Sps& sps, PackedPicture& packed);

}  // namespace inloop::hevc
