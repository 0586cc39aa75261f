// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/md5.h"
#include "base/status.h"
#include "hevc/picture/picture.h"
#include "hevc/syntax/nal.h"

namespace inloop::hevc {

// A decoded picture hash (SEI, D.2.19 and D.3.19): MD5, CRC or checksum of each plane.
struct PictureHash {
  enum class Kind : uint8_t { md5 = 0, crc = 1, checksum = 2 };
  Kind kind = Kind::md5;
  std::array<std::vector<uint8_t>, 3> planes;  // 16, 2 or 4 bytes each
};

// What a hash is of: the picture as every decoder has it, or as the filter in the loop makes it. The second kind stands
// in a message of user data with this UUID, which other decoders skip; filter parameters can be lost without it.
enum class HashOf : uint8_t { plain, filtered };
constexpr std::array<uint8_t, 16> kFilteredHashUuid = {0x5c, 0x1f, 0x8e, 0x27, 0x93, 0xb4, 0x4d, 0x6a,
                                                       0xa0, 0x3b, 0x71, 0xe2, 0x0d, 0x96, 0x48, 0xcb};

Md5::Digest plane_md5(const Plane<Sample>& plane, int bit_depth);

// Returns the hash of one plane in the form of the SEI message.
std::vector<uint8_t> plane_hash(PictureHash::Kind kind, const Plane<Sample>& plane, int bit_depth);

// Looks for a picture hash in an SEI NAL unit, of filtered pictures too if asked; found stays false where there is
// none.
Status find_picture_hash(const NalUnit& nal, bool filtered, PictureHash& hash, bool& found);

// Compares the picture with the hash. The message of a mismatch names the plane and both values.
Status check_picture_hash(const PictureHash& hash, const Picture& picture);

}  // namespace inloop::hevc
