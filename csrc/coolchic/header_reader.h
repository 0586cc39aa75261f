// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/status.h"
#include "coolchic/stream.h"

namespace inloop::coolchic {

// Reads big-endian numbers out of a header. Past the end it returns zeros; offset() then exceeds the size of
// the data.
class HeaderReader {
 public:
  HeaderReader(const std::vector<uint8_t>& data, size_t offset) : data_(data), offset_(offset) {}

  int number(int bytes) {
    int value = 0;
    for (; bytes > 0; --bytes) value = value << 8 | next();
    return value;
  }
  void skip(size_t bytes) { offset_ += bytes; }
  size_t offset() const { return offset_; }

 private:
  int next() {
    const size_t at = offset_++;
    return at < data_.size() ? data_[at] : 0;
  }

  const std::vector<uint8_t>& data_;
  size_t offset_;
};

// Returns whether the length of the picture header at `offset` agrees with its counts.
bool picture_header_fits(const std::vector<uint8_t>& data, size_t offset);

// Reads the picture header at `offset`, finds its payloads, and moves `offset` behind them.
Status parse_picture_header(const std::vector<uint8_t>& data, size_t& offset, const SequenceHeader& sequence,
                            PictureType type, PictureHeader& picture);

}  // namespace inloop::coolchic
