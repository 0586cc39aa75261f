// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/picture/picture_hash.h"

#include <utility>

#include "entropy/bit_reader.h"
#include "hevc/syntax/sei_messages.h"

namespace inloop::hevc {
namespace {

constexpr uint32_t kDecodedPictureHash = 132, kUserDataUnregistered = 5;

std::vector<uint8_t> big_endian(uint32_t value, int bytes) {
  std::vector<uint8_t> out;
  for (int i = bytes - 1; i >= 0; --i) out.push_back(static_cast<uint8_t>(value >> (8 * i)));
  return out;
}

// Writes the bytes of a row as the hashes take them: little-endian, with one byte per sample at 8 bit.
void row_bytes(const Sample* row, int width, int bit_depth, std::vector<uint8_t>& bytes) {
  const auto count = static_cast<size_t>(width);
  bytes.resize(bit_depth > 8 ? 2 * count : count);
  for (size_t x = 0; x < count; ++x) {
    if (bit_depth > 8) {
      bytes[2 * x] = static_cast<uint8_t>(row[x] & 255);
      bytes[2 * x + 1] = static_cast<uint8_t>(row[x] >> 8);
    } else {
      bytes[x] = static_cast<uint8_t>(row[x]);
    }
  }
}

// Computes a CRC-16 with polynomial 0x1021 over the plane and 16 zero bits.
uint32_t plane_crc(const PlaneView<const Sample>& plane, int bit_depth) {
  uint32_t crc = 0xFFFF;
  const auto shift_in = [&crc](uint32_t byte) {
    for (int bit = 7; bit >= 0; --bit) {
      const uint32_t top = crc >> 15 & 1;
      crc = ((crc << 1 | (byte >> bit & 1)) & 0xFFFF) ^ (top * 0x1021);
    }
  };
  std::vector<uint8_t> bytes;
  for (int y = 0; y < plane.height; ++y) {
    row_bytes(plane.row(y), plane.width, bit_depth, bytes);
    for (uint8_t byte : bytes) shift_in(byte);
  }
  shift_in(0);
  shift_in(0);
  return crc;
}

uint32_t plane_checksum(const PlaneView<const Sample>& plane, int bit_depth) {
  uint32_t sum = 0;
  for (int y = 0; y < plane.height; ++y) {
    const Sample* row = plane.row(y);
    for (int x = 0; x < plane.width; ++x) {
      const uint32_t mask = static_cast<uint32_t>((x & 255) ^ (y & 255) ^ (x >> 8) ^ (y >> 8));
      sum += (row[x] & 255u) ^ mask;
      if (bit_depth > 8) sum += (row[x] >> 8) ^ mask;
    }
  }
  return sum;
}

// Returns what a message has a hash of, if it has one.
std::optional<HashOf> kind_of(uint32_t type, BitReader& reader, uint32_t size) {
  if (type == kDecodedPictureHash) return HashOf::plain;
  Uuid uuid;
  if (type != kUserDataUnregistered || size <= uuid.size()) return std::nullopt;
  for (uint8_t& byte : uuid) byte = static_cast<uint8_t>(reader.bits(8));
  if (uuid == kFilteredHashUuid) return HashOf::filtered;
  if (uuid == kShownHashUuid) return HashOf::shown;
  return std::nullopt;
}

void parse_hash(BitReader& reader, PictureHash& hash) {
  static constexpr int kBytes[3] = {16, 2, 4};
  const int kind = reader.bits("hash_type", 8, 0, 2);
  hash.kind = static_cast<PictureHash::Kind>(kind);
  for (auto& plane : hash.planes) {
    plane.clear();
    for (int i = 0; i < kBytes[kind]; ++i) plane.push_back(static_cast<uint8_t>(reader.bits(8)));
  }
}

}  // namespace

Md5::Digest plane_md5(const PlaneView<const Sample>& plane, int bit_depth) {
  Md5 md5;
  std::vector<uint8_t> bytes;
  for (int y = 0; y < plane.height; ++y) {
    row_bytes(plane.row(y), plane.width, bit_depth, bytes);
    md5.update(bytes.data(), bytes.size());
  }
  return md5.finish();
}

std::vector<uint8_t> plane_hash(PictureHash::Kind kind, const PlaneView<const Sample>& plane, int bit_depth) {
  switch (kind) {
    case PictureHash::Kind::md5: {
      const Md5::Digest digest = plane_md5(plane, bit_depth);
      return {digest.begin(), digest.end()};
    }
    case PictureHash::Kind::crc:
      return big_endian(plane_crc(plane, bit_depth), 2);
    case PictureHash::Kind::checksum:
      break;
  }
  return big_endian(plane_checksum(plane, bit_depth), 4);
}

Status find_picture_hashes(const NalUnit& nal, bool filtered, PictureHashes& hashes) {
  BitReader messages(nal.rbsp.data(), nal.size, "SEI");
  for_each_sei_message(messages, [&](uint32_t type, BitReader& reader, uint32_t size) {
    const std::optional<HashOf> kind = kind_of(type, reader, size);
    if (!kind || (*kind != HashOf::plain && !filtered)) return true;
    PictureHash hash;
    parse_hash(reader, hash);
    if (reader.ok()) (*kind == HashOf::shown ? hashes.shown : hashes.reference) = std::move(hash);
    return true;
  });
  return messages.status();
}

namespace {

Status check_planes(const PictureHash& hash, const Picture& picture,
                    const std::array<PlaneView<const Sample>, 3>& planes) {
  static constexpr const char* kPlaneNames[3] = {"Y", "Cb", "Cr"};
  for (int c = 0; c < 3; ++c) {
    const auto& wanted = hash.planes[static_cast<size_t>(c)];
    const auto actual = plane_hash(hash.kind, planes[static_cast<size_t>(c)], picture.sps().bit_depth(c));
    if (actual == wanted) continue;
    return Status::bitstream("picture with POC " + std::to_string(picture.poc) + ": plane " + kPlaneNames[c] +
                             " has hash " + to_hex(actual.data(), actual.size()) + ", the stream says " +
                             to_hex(wanted.data(), wanted.size()));
  }
  return {};
}

}  // namespace

Status check_picture_hash(const PictureHash& hash, const Picture& picture) {
  const auto& planes = picture.rec.planes;
  return check_planes(hash, picture, {planes[0].view(), planes[1].view(), planes[2].view()});
}

Status check_shown_hash(const PictureHash& hash, const Picture& picture, const Frame& shown) {
  const Sps& sps = picture.sps();
  std::array<PlaneView<const Sample>, 3> planes;
  for (int c = 0; c < 3; ++c) {
    const int sub = c > 0;
    const Plane<Sample>& plane = shown.planes[c];
    planes[static_cast<size_t>(c)] = {plane.row(sps.crop_top >> sub) + (sps.crop_left >> sub), plane.stride(),
                                      (sps.pic_width - sps.crop_left - sps.crop_right) >> sub,
                                      (sps.pic_height - sps.crop_top - sps.crop_bottom) >> sub};
  }
  return check_planes(hash, picture, planes);
}

}  // namespace inloop::hevc
