// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/syntax/nal_writer.h"

namespace inloop::hevc {
namespace {

// Finds the places where three bytes of a payload would look like a start code (7.4.2).
class EmulationPrevention {
 public:
  // Returns whether an emulation prevention byte has to precede the next byte.
  bool before(uint8_t byte) {
    const bool needed = zeros_ >= 2 && byte <= 3;
    if (needed) zeros_ = 0;
    zeros_ = byte == 0 ? zeros_ + 1 : 0;
    return needed;
  }
  bool after_zero() const { return zeros_ > 0; }

 private:
  int zeros_ = 0;
};

}  // namespace

std::vector<uint8_t> make_nal_unit(NalType type, int temporal_id, const std::vector<uint8_t>& rbsp) {
  std::vector<uint8_t> nal = {static_cast<uint8_t>(static_cast<int>(type) << 1),
                              static_cast<uint8_t>(temporal_id + 1)};
  nal.reserve(rbsp.size() + rbsp.size() / 64 + 16);
  EmulationPrevention prevention;
  for (uint8_t byte : rbsp) {
    if (prevention.before(byte)) nal.push_back(3);
    nal.push_back(byte);
  }
  // A payload must not end in a zero byte, which a decoder would take for trailing_zero_8bits.
  if (prevention.after_zero()) nal.push_back(3);
  return nal;
}

size_t size_in_nal_unit(const std::vector<uint8_t>& part) {
  EmulationPrevention prevention;
  size_t size = part.size();
  for (uint8_t byte : part) size += prevention.before(byte);
  return size;
}

}  // namespace inloop::hevc
