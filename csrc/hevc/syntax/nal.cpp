// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/syntax/nal.h"

#include <cstring>
#include <string>

namespace inloop::hevc {
namespace {

// Copies the payload without its emulation prevention bytes (7.4.2) and pads it.
void unescape(const uint8_t* data, size_t size, NalUnit& nal) {
  nal.rbsp.resize(size + NalUnit::kPadding);
  uint8_t* out = nal.rbsp.data();
  size_t copied = 0;  // data[0, copied) is already handled
  size_t at = 2;
  while (at < size) {
    if (data[at] > 3) {  // no pattern can end here or at the next two bytes
      at += 3;
    } else if (data[at] == 3 && data[at - 1] == 0 && data[at - 2] == 0) {
      std::memcpy(out, data + copied, at - copied);
      out += at - copied;
      copied = at + 1;
      at += 3;
    } else {
      ++at;
    }
  }
  std::memcpy(out, data + copied, size - copied);
  out += size - copied;
  nal.size = static_cast<size_t>(out - nal.rbsp.data());
  nal.rbsp.resize(nal.size + NalUnit::kPadding);
  std::memset(nal.rbsp.data() + nal.size, 0, NalUnit::kPadding);
}

}  // namespace

Status parse_nal(const uint8_t* data, size_t size, uint64_t position, NalUnit& nal) {
  const auto error = [&](const char* reason) {
    return Status::bitstream("NAL unit at byte " + std::to_string(position) + ": " + reason);
  };
  if (size < 2) return error("shorter than its header");
  if (data[0] & 0x80) return error("forbidden_zero_bit is set");
  if ((data[1] & 7) == 0) return error("nuh_temporal_id_plus1 is 0");
  nal.type = static_cast<NalType>(data[0] >> 1);
  nal.layer_id = (data[0] & 1) << 5 | data[1] >> 3;
  nal.temporal_id = (data[1] & 7) - 1;
  nal.position = position;
  unescape(data + 2, size - 2, nal);
  return {};
}

void NalSplitter::feed(const uint8_t* data, size_t size) {
  compact();
  buffer_.insert(buffer_.end(), data, data + size);
}

// Drops the NAL units that were handed out, so that the buffer holds one incomplete unit at most.
void NalSplitter::compact() {
  if (begin_ == 0) return;
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<ptrdiff_t>(begin_));
  dropped_ += begin_;
  scanned_ -= begin_;
  begin_ = 0;
}

bool NalSplitter::find_start_code(size_t from, size_t& at) const {
  const uint8_t* data = buffer_.data();
  const size_t size = buffer_.size();
  size_t i = from + 2;
  while (i < size) {  // i is where the 1 of 0 0 1 would be
    const auto* one = static_cast<const uint8_t*>(std::memchr(data + i, 1, size - i));
    if (!one) return false;
    i = static_cast<size_t>(one - data);
    if (data[i - 1] == 0 && data[i - 2] == 0) {
      at = i - 2;
      return true;
    }
    ++i;
  }
  return false;
}

// Streams that are cut out of longer ones, or have a mark of some editor in front, begin with other bytes.
Status NalSplitter::find_first() {
  size_t at = 0;
  inside_ = find_start_code(scanned_, at);
  const size_t end = inside_ ? at : buffer_.size();
  for (size_t i = begin_; i < end && !garbage_; ++i) garbage_ = buffer_[i] != 0;
  if (inside_) {
    skipped_ += garbage_;
    begin_ = scanned_ = at + 3;
    return {};
  }
  begin_ = scanned_ = end < 2 ? 0 : end - 2;  // they may belong to a start code
  if (garbage_ && (finished_ || dropped_ + end > kMaxLeadingBytes)) {
    return Status::bitstream("no Annex B start code in " + std::to_string(dropped_ + end) + " bytes");
  }
  return {};
}

Status NalSplitter::next(NalUnit& nal, bool& found) {
  found = false;
  if (!inside_) {
    INLOOP_RETURN_IF_ERROR(find_first());
    if (!inside_) return {};
  }
  for (;;) {
    size_t end = 0;
    const bool terminated = find_start_code(scanned_, end);
    if (!terminated) {
      scanned_ = buffer_.size() < begin_ + 2 ? begin_ : buffer_.size() - 2;
      if (buffer_.size() - begin_ > kMaxNalSize) {
        begin_ = scanned_ = buffer_.size();
        return Status::bitstream("NAL unit of more than " + std::to_string(kMaxNalSize) + " bytes");
      }
      if (!finished_ || begin_ >= buffer_.size()) return {};
      end = buffer_.size();
    }
    const size_t first = begin_;
    begin_ = scanned_ = terminated ? end + 3 : end;
    while (end > first && buffer_[end - 1] == 0) --end;
    if (end == first) continue;  // nothing between two start codes
    found = parse_nal(buffer_.data() + first, end - first, dropped_ + first, nal).ok();
    if (found) return {};
    ++skipped_;
  }
}

}  // namespace inloop::hevc
