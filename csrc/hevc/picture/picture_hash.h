// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <optional>
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

// What a hash is of: the picture as every decoder has it, as the filter in the loop makes it, or as it is shown, which is
// another one where the filter works behind the loop. The last two stand in messages of user data with a UUID, which
// other decoders skip; filter parameters can be lost without them.
enum class HashOf : uint8_t { plain, filtered, shown };
using Uuid = std::array<uint8_t, 16>;
constexpr Uuid kFilteredHashUuid = {0x5c, 0x1f, 0x8e, 0x27, 0x93, 0xb4, 0x4d, 0x6a,
                                    0xa0, 0x3b, 0x71, 0xe2, 0x0d, 0x96, 0x48, 0xcb};
constexpr Uuid kShownHashUuid = {0x91, 0x6e, 0x4d, 0x02, 0xc8, 0x7f, 0x45, 0x3b,
                                 0x8d, 0x5a, 0x20, 0xf3, 0x6b, 0xe4, 0x17, 0xa9};

// The hashes of a picture that a stream has.
struct PictureHashes {
  std::optional<PictureHash>
      reference;  // plain or filtered: of the picture that others may refer to, its coded size
  std::optional<PictureHash> shown;  // of what the conformance window leaves
};

Md5::Digest plane_md5(const PlaneView<const Sample>& plane, int bit_depth);

// Returns the hash of one plane in the form of the SEI message.
std::vector<uint8_t> plane_hash(PictureHash::Kind kind, const PlaneView<const Sample>& plane, int bit_depth);

// Looks for picture hashes in an SEI NAL unit, those of filtered and shown pictures too if asked, and adds what it finds.
Status find_picture_hashes(const NalUnit& nal, bool filtered, PictureHashes& hashes);

// Compares the picture with the hash, and the frame that is shown, of the coded size, with its own. The message of a
// mismatch names the plane and both values.
Status check_picture_hash(const PictureHash& hash, const Picture& picture);
Status check_shown_hash(const PictureHash& hash, const Picture& picture, const Frame& shown);

}  // namespace inloop::hevc
