// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "hevc/picture/picture.h"
#include "hevc/picture/picture_hash.h"

namespace inloop::hevc {

// Suffix SEI NAL unit, without start code, with the MD5 of each plane (decoded picture hash, D.2.19 / D.3.19).
std::vector<uint8_t> make_picture_hash_nal(const Frame& frame, int bit_depth, HashOf what);

}  // namespace inloop::hevc
