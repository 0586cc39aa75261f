// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/md5.h"
#include "hevc/picture/picture.h"
#include "hevc/picture/picture_hash.h"

namespace inloop::hevc {

using PictureMd5 = std::array<Md5::Digest, 3>;  // of the planes

PictureMd5 picture_md5(const Frame& frame, int bit_depth);

// Suffix SEI NAL unit, without start code, with the MD5 of each plane (decoded picture hash, D.2.19 / D.3.19).
std::vector<uint8_t> make_picture_hash_nal(const PictureMd5& md5, HashOf what);

}  // namespace inloop::hevc
