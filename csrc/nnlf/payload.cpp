// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nnlf/payload.h"

#include <utility>

namespace inloop::nnlf {
namespace {

class BitWriter {
 public:
  void put(uint32_t value, int bits) {
    for (int i = bits - 1; i >= 0; --i) put_bit((value >> i) & 1);
  }
  template <class Bytes>
  void put_bytes(const Bytes& bytes) {
    for (uint8_t byte : bytes) put(byte, 8);
  }
  std::vector<uint8_t> finish() {
    put_bit(1);
    return std::move(bytes_);
  }

 private:
  void put_bit(uint32_t bit) {
    if (count_ % 8 == 0) bytes_.push_back(0);
    bytes_.back() |= static_cast<uint8_t>(bit << (7 - count_ % 8));
    ++count_;
  }

  std::vector<uint8_t> bytes_;
  size_t count_ = 0;
};

// Reads past the end give zeros and are noticed at the end, where the stop bit must be.
class BitReader {
 public:
  BitReader(const uint8_t* data, size_t size) : data_(data), bits_(size * 8) {}

  uint32_t get(int bits) {
    uint32_t value = 0;
    for (int i = 0; i < bits; ++i) value = value << 1 | get_bit();
    return value;
  }
  bool flag() { return get_bit() != 0; }
  template <class Bytes>
  void get_bytes(Bytes& bytes) {
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(get(8));
  }
  // True if exactly the stop bit and fewer than eight zeros are left.
  bool at_stop_bit() {
    if (position_ >= bits_ || bits_ - position_ > 8 || !get_bit()) return false;
    while (position_ < bits_) {
      if (get_bit()) return false;
    }
    return true;
  }

 private:
  uint32_t get_bit() {
    const size_t p = position_++;
    return p < bits_ ? (data_[p / 8] >> (7 - p % 8)) & 1 : 0;
  }

  const uint8_t* data_;
  size_t bits_;
  size_t position_ = 0;
};

}  // namespace

std::vector<uint8_t> serialise(const PictureParameters& p) {
  BitWriter w;
  w.put(kPayloadVersion, 8);
  w.put(p.model.has_value(), 1);
  if (p.model) w.put_bytes(*p.model);
  w.put(p.md5.has_value(), 1);
  w.put(p.per_block, 1);
  w.put(p.reuse, 1);
  w.put(p.hold, 1);
  w.put(p.block_size == kLargeBlockSize, 1);
  if (!p.reuse) {
    w.put(p.post, 1);
    w.put(static_cast<uint32_t>(p.candidates - 1), 1);
    for (int i = 0; i < p.candidates; ++i) {
      w.put(static_cast<uint32_t>(p.qp_offset[static_cast<size_t>(i)]) & 63, 6);
    }
    for (int code : p.scale_code) w.put(static_cast<uint32_t>(code), 5);
    w.put(static_cast<uint32_t>(p.min_edges), 5);
  }
  if (p.per_block) {
    for (uint8_t choice : p.block_choice) {
      w.put(choice != 0, 1);
      if (choice != 0 && p.candidates == 2) w.put(choice - 1u, 1);
    }
  }
  if (p.md5) w.put_bytes(*p.md5);
  return w.finish();
}

namespace {

void read_settings(BitReader& r, PictureParameters& out) {
  out.post = r.flag();
  out.candidates = 1 + static_cast<int>(r.get(1));
  for (int i = 0; i < out.candidates; ++i) {
    out.qp_offset[static_cast<size_t>(i)] = static_cast<int>(r.get(6) ^ 32) - 32;
  }
  for (int& code : out.scale_code) code = static_cast<int>(r.get(5));
  out.min_edges = static_cast<int>(r.get(5));
}

void copy_settings(const PictureParameters& from, PictureParameters& out) {
  out.post = from.post;
  out.candidates = from.candidates;
  out.qp_offset = from.qp_offset;
  out.scale_code = from.scale_code;
  out.min_edges = from.min_edges;
}

Status read_blocks(BitReader& r, size_t size, int block_count, PictureParameters& out) {
  // Each block takes at least one bit, so that a huge picture with a tiny payload costs nothing.
  if (static_cast<size_t>(block_count) > size * 8)
    return Status::bitstream("filter parameters end too early");
  out.block_choice.resize(static_cast<size_t>(block_count));
  for (uint8_t& choice : out.block_choice) {
    choice = static_cast<uint8_t>(r.get(1));
    if (choice != 0 && out.candidates == 2) choice = static_cast<uint8_t>(1 + r.get(1));
  }
  return {};
}

}  // namespace

Status parse(const uint8_t* data, size_t size, const PictureSize& picture, const PictureParameters* previous,
             PictureParameters& out) {
  BitReader r(data, size);
  if (r.get(8) != kPayloadVersion) return Status::bitstream("filter parameters of an unknown version");
  PictureParameters p;
  if (r.flag()) r.get_bytes(p.model.emplace());
  const bool has_md5 = r.flag();
  p.per_block = r.flag();
  p.reuse = r.flag();
  p.hold = r.flag();
  p.block_size = r.flag() ? kLargeBlockSize : kBlockSize;
  if (!p.reuse) {
    read_settings(r, p);
  } else if (previous) {
    copy_settings(*previous, p);
  } else {
    return Status::bitstream("filter parameters refer to some that are missing");
  }
  if (p.per_block) {
    const int block_count = BlockGrid(picture.width, picture.height, p.block_size).count();
    INLOOP_RETURN_IF_ERROR(read_blocks(r, size, block_count, p));
  }
  if (has_md5) r.get_bytes(p.md5.emplace());
  if (!r.at_stop_bit()) return Status::bitstream("filter parameters are damaged");
  if (p.post && p.md5) return Status::bitstream("filter parameters: a picture hash belongs to loop mode");
  out = std::move(p);
  return {};
}

Status ParameterTrack::next(const std::vector<uint8_t>* payload, bool intra, const PictureSize& picture,
                            std::optional<PictureParameters>& out) {
  out.reset();
  if (payload) {
    PictureParameters parsed;
    INLOOP_RETURN_IF_ERROR(
        parse(payload->data(), payload->size(), picture, previous_ ? &*previous_ : nullptr, parsed));
    previous_ = parsed;
    out = std::move(parsed);
  } else if (previous_ && intra) {
    previous_->hold = false;
  } else if (previous_ && previous_->hold) {
    copy_settings(*previous_, out.emplace());
    out->block_size = previous_->block_size;
    out->reuse = out->hold = true;
  }
  return {};
}

}  // namespace inloop::nnlf
