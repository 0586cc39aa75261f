// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "coolchic/stream.h"

#include <bit>
#include <string>

#include "coolchic/header_reader.h"

namespace inloop::coolchic {
namespace {

constexpr size_t kSequenceHeaderBytes = 9;

Status check_memory(const Stream& stream) {
  const SequenceHeader& sequence = stream.sequence;
  const int64_t samples = int64_t{sequence.width} * sequence.height;
  if (sequence.width > kMaxSide || sequence.height > kMaxSide || samples > kMaxPictureSamples) {
    return Status::unsupported("Cool-chic pictures of " + std::to_string(sequence.width) + "x" +
                               std::to_string(sequence.height));
  }
  if (samples * most_held(stream.plan) > kMaxHeldSamples) {
    return Status::unsupported("a Cool-chic group that keeps " + std::to_string(most_held(stream.plan)) +
                               " pictures of " + std::to_string(sequence.width) + "x" +
                               std::to_string(sequence.height));
  }
  return {};
}

Status parse_pictures(Stream& stream) {
  size_t offset = kSequenceHeaderBytes;
  for (const PlannedPicture& planned : stream.plan) {
    PictureHeader picture;
    const Status status = parse_picture_header(stream.data, offset, stream.sequence, planned.type, picture);
    if (!status.ok()) {
      const std::string where = "Cool-chic picture " + std::to_string(stream.pictures.size()) +
                                " in coding order, byte " + std::to_string(offset) + ": ";
      return {status.code(), where + status.message()};
    }
    stream.pictures.push_back(std::move(picture));
  }
  if (offset != stream.data.size()) {
    return Status::bitstream(std::to_string(stream.data.size() - offset) +
                             " bytes behind the last Cool-chic picture");
  }
  return {};
}

}  // namespace

Status parse_sequence(const std::vector<uint8_t>& data, SequenceHeader& sequence) {
  HeaderReader reader(data, 0);
  if (data.size() < kSequenceHeaderBytes || reader.number(2) != kSequenceHeaderBytes) {
    return Status::bitstream("not a Cool-chic stream: it does not start with a header of 9 bytes");
  }
  sequence.height = reader.number(2);
  sequence.width = reader.number(2);
  const int format = reader.number(1);
  sequence.intra_period = reader.number(1);
  sequence.p_period = reader.number(1);
  if (sequence.width < 1 || sequence.height < 1) {
    return Status::bitstream("picture size " + std::to_string(sequence.width) + "x" +
                             std::to_string(sequence.height));
  }
  if (format >> 4 > 1 || (format & 15) > 2) {
    return Status::bitstream("unknown picture format " + std::to_string(format));
  }
  sequence.bit_depth = format >> 4 ? 10 : 8;
  sequence.format = static_cast<ColourFormat>(format & 15);
  if (sequence.format == ColourFormat::yuv420 && (sequence.width | sequence.height) % 2) {
    return Status::bitstream("4:2:0 pictures of odd size");
  }
  const auto period = static_cast<unsigned>(sequence.p_period);
  if (sequence.intra_period ? !std::has_single_bit(period) || sequence.intra_period % sequence.p_period != 0
                            : period != 0) {
    return Status::bitstream("P period " + std::to_string(period) + " in an intra period of " +
                             std::to_string(sequence.intra_period));
  }
  return {};
}

bool starts_like_stream(const uint8_t* data, size_t size) {
  const std::vector<uint8_t> start(data, data + size);
  SequenceHeader sequence;
  return parse_sequence(start, sequence).ok() && picture_header_fits(start, kSequenceHeaderBytes);
}

Status parse_stream(std::vector<uint8_t> data, Stream& stream) {
  stream = {};
  stream.data = std::move(data);
  INLOOP_RETURN_IF_ERROR(parse_sequence(stream.data, stream.sequence));
  stream.plan = coding_order(stream.sequence.intra_period, stream.sequence.p_period);
  INLOOP_RETURN_IF_ERROR(check_memory(stream));
  stream.status = parse_pictures(stream);
  return {};
}

}  // namespace inloop::coolchic
