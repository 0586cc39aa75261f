// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/picture/picture_hash_writer.h"

#include "entropy/bit_writer.h"
#include "hevc/picture/picture_hash.h"
#include "hevc/syntax/nal_writer.h"

namespace inloop::hevc {
namespace {

constexpr uint32_t kPayloadDecodedPictureHash = 132, kPayloadUserDataUnregistered = 5;
constexpr uint32_t kHashMd5 = 0;

}  // namespace

PictureMd5 picture_md5(const Frame& frame, int bit_depth) {
  PictureMd5 md5;
  for (size_t c = 0; c < md5.size(); ++c) md5[c] = plane_md5(frame.planes[c].view(), bit_depth);
  return md5;
}

std::vector<uint8_t> make_picture_hash_nal(const PictureMd5& md5, HashOf what) {
  constexpr uint32_t kHashBytes = 1 + 3 * 16;
  BitWriter writer;
  if (what == HashOf::plain) {
    writer.bits(kPayloadDecodedPictureHash, 8);
    writer.bits(kHashBytes, 8);  // payload_size
  } else {
    writer.bits(kPayloadUserDataUnregistered, 8);
    const Uuid& uuid = what == HashOf::filtered ? kFilteredHashUuid : kShownHashUuid;
    writer.bits(static_cast<uint32_t>(uuid.size()) + kHashBytes, 8);
    for (uint8_t byte : uuid) writer.bits(byte, 8);
  }
  writer.bits(kHashMd5, 8);
  for (const Md5::Digest& plane : md5) {
    for (uint8_t byte : plane) writer.bits(byte, 8);
  }
  writer.trailing_bits();
  return make_nal_unit(NalType::suffix_sei, 0, writer.bytes());
}

}  // namespace inloop::hevc
