// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/status.h"
#include "hevc/syntax/types.h"

namespace inloop::hevc {

// A NAL unit (7.3.1) with its payload as RBSP: header and emulation prevention removed, trailing zeros cut.
struct NalUnit {
  static constexpr size_t kPadding = 16;  // zero bytes behind the payload, so that readers may fetch ahead

  NalType type = NalType::trail_r;
  int layer_id = 0;
  int temporal_id = 0;
  uint64_t position = 0;      // of its first byte in the stream
  size_t size = 0;            // of the RBSP
  std::vector<uint8_t> rbsp;  // size + kPadding bytes
};

// Parses header and payload of one NAL unit without start code.
Status parse_nal(const uint8_t* data, size_t size, uint64_t position, NalUnit& nal);

// Cuts an Annex B byte stream that arrives in pieces of any size into NAL units.
class NalSplitter {
 public:
  // Larger than any NAL unit of level 6.2; bounds the memory that a stream without start codes can take.
  static constexpr size_t kMaxNalSize = size_t{128} << 20;

  void feed(const uint8_t* data, size_t size);
  // No more data will come: what is left is the last NAL unit.
  void finish() { finished_ = true; }

  // Next complete NAL unit; found is false when more data is needed. After an error the splitter goes on
  // behind the damaged unit.
  Status next(NalUnit& nal, bool& found);

 private:
  bool find_start_code(size_t from, size_t& at) const;
  Status skip_leading_zeros();
  void compact();

  std::vector<uint8_t> buffer_;
  size_t begin_ = 0;      // first byte of the current NAL unit in buffer_
  size_t scanned_ = 0;    // no start code begins before this
  uint64_t dropped_ = 0;  // stream position of buffer_[0]
  bool inside_ = false;   // a start code was seen
  bool finished_ = false;
};

}  // namespace inloop::hevc
