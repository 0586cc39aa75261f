// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/syntax/nal_writer.h"

namespace inloop::hevc {

std::vector<uint8_t> make_nal_unit(NalType type, int temporal_id, const std::vector<uint8_t>& rbsp) {
  std::vector<uint8_t> nal = {static_cast<uint8_t>(static_cast<int>(type) << 1),
                              static_cast<uint8_t>(temporal_id + 1)};
  nal.reserve(rbsp.size() + rbsp.size() / 64 + 16);
  int zeros = 0;
  for (uint8_t byte : rbsp) {
    if (zeros >= 2 && byte <= 3) {
      nal.push_back(3);
      zeros = 0;
    }
    nal.push_back(byte);
    zeros = byte == 0 ? zeros + 1 : 0;
  }
  // A payload must not end in a zero byte, which a decoder would take for trailing_zero_8bits.
  if (zeros > 0) nal.push_back(3);
  return nal;
}

}  // namespace inloop::hevc
