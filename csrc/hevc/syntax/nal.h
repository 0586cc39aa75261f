// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/status.h"
#include "hevc/syntax/types.h"

namespace inloop::hevc {

// A NAL unit (7.3.1) with its payload as RBSP: the header, emulation prevention bytes and trailing zeros are
// removed.
struct NalUnit {
  static constexpr size_t kPadding = 16;  // zero bytes behind the payload that let readers fetch ahead

  NalType type = NalType::trail_r;
  int layer_id = 0;
  int temporal_id = 0;
  uint64_t position = 0;      // offset of its first byte in the stream
  size_t size = 0;            // bytes of the RBSP
  std::vector<uint8_t> rbsp;  // holds size + kPadding bytes
};

// Parses the header and the payload of one NAL unit, which is given without start code.
Status parse_nal(const uint8_t* data, size_t size, uint64_t position, NalUnit& nal);

// Cuts an Annex B byte stream, which may arrive in pieces of any size, into NAL units.
class NalSplitter {
 public:
  // No NAL unit of level 6.2 is larger. The limit bounds the memory that a stream without start codes can
  // take.
  static constexpr size_t kMaxNalSize = size_t{128} << 20;
  // A stream that begins later is none.
  static constexpr size_t kMaxLeadingBytes = size_t{4} << 20;

  void feed(const uint8_t* data, size_t size);
  // Says that no more data will come, so that the rest is the last NAL unit.
  void finish() { finished_ = true; }

  // Next complete NAL unit; found is false when more data is needed. Units whose header cannot be one, and bytes
  // before the first start code, are left out.
  Status next(NalUnit& nal, bool& found);

  // How many units were left out, the bytes before the first one counted as one.
  uint64_t skipped() const { return skipped_; }

 private:
  bool find_start_code(size_t from, size_t& at) const;
  Status find_first();
  void compact();

  std::vector<uint8_t> buffer_;
  size_t begin_ = 0;      // first byte of the current NAL unit in buffer_
  size_t scanned_ = 0;    // no start code begins before this
  uint64_t dropped_ = 0;  // stream position of buffer_[0]
  uint64_t skipped_ = 0;
  bool garbage_ = false;  // other bytes than zeros came before the first start code
  bool inside_ = false;   // a start code was seen
  bool finished_ = false;
};

}  // namespace inloop::hevc
