// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "entropy/bit_reader.h"

namespace inloop {

uint32_t BitReader::bits(int count) {
  if (!ok()) return 0;
  if (size_bits_ - position_ < static_cast<size_t>(count)) {
    position_ = size_bits_;
    fail("ends early");
    return 0;
  }
  uint64_t value = 0;
  int left = count;
  while (left > 0) {
    const int offset = static_cast<int>(position_ % 8);
    const int take = left < 8 - offset ? left : 8 - offset;
    const uint32_t byte = data_[position_ / 8];
    value = value << take | ((byte >> (8 - offset - take)) & ((1u << take) - 1));
    position_ += static_cast<size_t>(take);
    left -= take;
  }
  return static_cast<uint32_t>(value);
}

void BitReader::skip(int count) {
  while (count > 0) {
    const int take = count < 32 ? count : 32;
    bits(take);
    count -= take;
  }
}

uint32_t BitReader::ue() {
  int zeros = 0;
  while (ok() && !flag()) {
    if (++zeros > 32) fail("has an Exp-Golomb code of more than 32 bits");
  }
  if (!ok()) return 0;
  const uint64_t value = (uint64_t{1} << zeros) - 1 + bits(zeros);
  return value > 0xFFFFFFFFu ? 0xFFFFFFFFu : static_cast<uint32_t>(value);
}

int32_t BitReader::se() {
  const int64_t code = ue();
  const int64_t value = code % 2 ? (code + 1) / 2 : -(code / 2);
  return static_cast<int32_t>(value > INT32_MAX ? INT32_MAX : value < INT32_MIN ? INT32_MIN : value);
}

int BitReader::checked(int64_t value, const char* name, int min, int max) {
  if (!ok()) return min;
  if (value < min || value > max) {
    fail(std::string(": ") + name + " is " + std::to_string(value) + ", allowed " + std::to_string(min) +
         " to " + std::to_string(max));
    return min;
  }
  return static_cast<int>(value);
}

bool BitReader::more_rbsp_data() const {
  if (!ok()) return false;
  size_t last = size_bits_;
  while (last > position_ && data_[(last - 1) / 8] == 0 && last % 8 == 0) last -= 8;
  while (last > position_ && !(data_[(last - 1) / 8] >> (7 - (last - 1) % 8) & 1)) --last;
  return last > position_ + 1;  // there is more than the stop bit itself
}

void BitReader::byte_alignment() {
  if (!flag()) fail(": alignment bit is not one");
  while (ok() && !byte_aligned()) flag();
}

void BitReader::fail(const std::string& reason) {
  if (!status_.ok()) return;
  const char* gap = !reason.empty() && reason[0] == ':' ? "" : " ";
  status_ = Status::bitstream(std::string(what_) + gap + reason);
}

}  // namespace inloop
