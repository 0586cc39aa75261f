// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "codec/encoder/picture_hash.h"

#include "base/md5.h"
#include "codec/bit_writer.h"

namespace inloop::codec {
namespace {

constexpr uint32_t kPayloadDecodedPictureHash = 132;
constexpr uint32_t kHashMd5 = 0;

Md5::Digest plane_md5(const Plane<Sample>& plane, int bit_depth) {
  Md5 md5;
  std::vector<uint8_t> row;
  for (int y = 0; y < plane.height(); ++y) {
    row.clear();
    for (int x = 0; x < plane.width(); ++x) {
      const Sample sample = plane.at(x, y);
      row.push_back(static_cast<uint8_t>(sample & 255));
      if (bit_depth > 8) row.push_back(static_cast<uint8_t>(sample >> 8));
    }
    md5.update(row.data(), row.size());
  }
  return md5.finish();
}

}  // namespace

std::vector<uint8_t> make_picture_hash_nal(const Frame& frame, int bit_depth) {
  BitWriter writer;
  writer.bits(kPayloadDecodedPictureHash, 8);
  writer.bits(1 + 3 * 16, 8);  // payload_size
  writer.bits(kHashMd5, 8);
  for (const auto& plane : frame.planes) {
    for (uint8_t byte : plane_md5(plane, bit_depth)) writer.bits(byte, 8);
  }
  writer.trailing_bits();
  return make_nal_unit(NalType::suffix_sei, 0, writer.bytes());
}

}  // namespace inloop::codec
