// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nnlf/params/payload.h"

#include <algorithm>
#include <utility>

#include "entropy/bit_reader.h"
#include "entropy/bit_writer.h"
#include "nnlf/params/block_flags.h"

namespace inloop::nnlf {
namespace {

constexpr size_t kNameSizes[3] = {0, kShortNameSize, kFullNameSize};

uint32_t name_code(const ModelName& name) { return name.empty() ? 0 : name.size() == kShortNameSize ? 1 : 2; }

template <class Bytes>
void put_bytes(const Bytes& bytes, BitWriter& writer) {
  for (uint8_t byte : bytes) writer.bits(byte, 8);
}

template <class Bytes>
void get_bytes(BitReader& reader, Bytes& bytes) {
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(reader.bits(8));
}

void write_settings(const PictureParameters& p, BitWriter& writer) {
  writer.flag(p.post);
  writer.bits(static_cast<uint32_t>(p.candidates - 1), 1);
  for (int code : p.scale_code) writer.bits(static_cast<uint32_t>(code), 5);
  writer.flag(p.min_edges != 0);
  if (p.min_edges != 0) writer.bits(static_cast<uint32_t>(p.min_edges), 5);
  for (int i = 0; i < p.candidates; ++i) {
    const int offset = p.qp_offset[static_cast<size_t>(i)];
    writer.flag(offset != 0);
    if (offset != 0) writer.bits(static_cast<uint32_t>(offset) & 63, 6);
  }
}

void read_settings(BitReader& reader, PictureParameters& out) {
  out.post = reader.flag();
  out.candidates = 1 + static_cast<int>(reader.bits(1));
  for (int& code : out.scale_code) code = static_cast<int>(reader.bits(5));
  out.min_edges = reader.flag() ? static_cast<int>(reader.bits(5)) : 0;
  for (int i = 0; i < out.candidates; ++i) {
    const int offset = reader.flag() ? static_cast<int>(reader.bits(6) ^ 32) - 32 : 0;
    out.qp_offset[static_cast<size_t>(i)] = offset;
  }
}

void copy_settings(const PictureParameters& from, PictureParameters& out) {
  out.post = from.post;
  out.candidates = from.candidates;
  out.qp_offset = from.qp_offset;
  out.scale_code = from.scale_code;
  out.min_edges = from.min_edges;
}

// Reads everything before the block flags.
Status read_header(BitReader& reader, const PictureParameters* previous, PictureParameters& p) {
  if (reader.bits(4) != kPayloadVersion) return Status::bitstream("filter parameters of an unknown version");
  const uint32_t name = reader.bits(2);
  if (name > 2) return Status::bitstream("filter parameters with a model name of an unknown form");
  const bool has_md5 = reader.flag();
  p.per_block = reader.flag();
  p.reuse = reader.flag();
  p.persist = reader.flag();
  p.block_size = reader.flag() ? kLargeBlockSize : kBlockSize;
  if (!p.reuse) {
    read_settings(reader, p);
  } else if (previous) {
    copy_settings(*previous, p);
  } else {
    return Status::bitstream("filter parameters refer to some that are missing");
  }
  p.model.resize(kNameSizes[name]);
  get_bytes(reader, p.model);
  if (has_md5) get_bytes(reader, p.md5.emplace());
  return reader.status();
}

// Returns the bits that are left, aligned to bytes.
std::vector<uint8_t> remaining_bytes(BitReader& reader, size_t size) {
  std::vector<uint8_t> bytes;
  for (size_t left = size * 8 - reader.position_bits(); left > 0;) {
    const int count = static_cast<int>(std::min<size_t>(left, 8));
    bytes.push_back(static_cast<uint8_t>(reader.bits(count) << (8 - count)));
    left -= static_cast<size_t>(count);
  }
  return bytes;
}

}  // namespace

std::vector<uint8_t> serialise(const PictureParameters& p, const PictureSize& picture) {
  BitWriter writer;
  writer.bits(kPayloadVersion, 4);
  writer.bits(name_code(p.model), 2);
  writer.flag(p.md5.has_value());
  writer.flag(p.per_block);
  writer.flag(p.reuse);
  writer.flag(p.persist);
  writer.flag(p.block_size == kLargeBlockSize);
  if (!p.reuse) write_settings(p, writer);
  put_bytes(p.model, writer);
  if (p.md5) put_bytes(*p.md5, writer);
  if (p.per_block) {
    const BlockGrid grid(picture.width, picture.height, p.block_size);
    put_bytes(encode_flags(p.block_choice, grid.columns(), p.candidates), writer);
  } else {
    writer.flag(true);
  }
  while (!writer.byte_aligned()) writer.flag(false);
  std::vector<uint8_t> bytes = writer.bytes();
  while (bytes.back() == 0) bytes.pop_back();  // zeros at the end of the codeword's last byte
  return bytes;
}

Status parse(const uint8_t* data, size_t size, const PictureSize& picture, const PictureParameters* previous,
             PictureParameters& out) {
  BitReader reader(data, size, "filter parameters");
  PictureParameters p;
  INLOOP_RETURN_IF_ERROR(read_header(reader, previous, p));
  if (p.per_block) {
    const BlockGrid grid(picture.width, picture.height, p.block_size);
    p.block_choice.resize(static_cast<size_t>(grid.count()));
    decode_flags(remaining_bytes(reader, size), grid.columns(), p.candidates, p.block_choice);
  }
  // Every set of parameters has exactly one payload, so writing it again finds damage of any kind, even at
  // the end.
  const std::vector<uint8_t> again = serialise(p, picture);
  if (!std::equal(again.begin(), again.end(), data, data + size)) {
    return Status::bitstream("filter parameters are damaged");
  }
  if (p.post && p.md5) return Status::bitstream("filter parameters: a picture hash belongs to loop mode");
  out = std::move(p);
  return {};
}

const PictureParameters* ParameterTrack::begin_picture(Access access, int temporal_id) {
  if (access == Access::irap) main_ = rasl_ = {};
  const Layers& layers = access == Access::rasl ? rasl_ : main_;
  for (int i = temporal_id; i >= 0; --i) {
    if (const auto& state = layers[static_cast<size_t>(i)]) return &*state;
  }
  return nullptr;
}

void ParameterTrack::record(Access access, int temporal_id, const PictureParameters& parameters) {
  const auto layer = static_cast<size_t>(temporal_id);
  if (access != Access::rasl) main_[layer] = parameters;
  if (access != Access::ordinary) rasl_[layer] = parameters;
}

Status ParameterTrack::next(const std::vector<uint8_t>* payload, Access access, int temporal_id,
                            const PictureSize& picture, std::optional<PictureParameters>& out) {
  out.reset();
  if (temporal_id < 0 || temporal_id >= kTemporalLayers) {
    return Status::bitstream("filter parameters in a temporal sub-layer above 6");
  }
  const PictureParameters* before = begin_picture(access, temporal_id);
  if (payload) {
    PictureParameters parsed;
    INLOOP_RETURN_IF_ERROR(parse(payload->data(), payload->size(), picture, before, parsed));
    if (parsed.model.empty()) {
      if (!before) return Status::bitstream("filter parameters before any that name a model");
      parsed.model = before->model;
    }
    record(access, temporal_id, parsed);
    out = std::move(parsed);
  } else if (before && before->persist) {
    copy_settings(*before, out.emplace());
    out->model = before->model;
    out->block_size = before->block_size;
    out->reuse = out->persist = true;
  }
  return {};
}

}  // namespace inloop::nnlf
