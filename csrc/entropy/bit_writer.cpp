// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "entropy/bit_writer.h"

#include <bit>

namespace inloop {

void BitWriter::bits(uint32_t value, int count) {
  for (int i = count - 1; i >= 0; --i) {
    cache_ = cache_ << 1 | ((value >> i) & 1);
    if (++pending_ == 8) {
      bytes_.push_back(static_cast<uint8_t>(cache_));
      cache_ = 0;
      pending_ = 0;
    }
  }
}

void BitWriter::ue(uint32_t value) {
  const uint64_t code = static_cast<uint64_t>(value) + 1;
  const int length = static_cast<int>(std::bit_width(code));
  bits(0, length - 1);
  bits(1, 1);
  bits(static_cast<uint32_t>(code - (uint64_t{1} << (length - 1))), length - 1);
}

void BitWriter::se(int32_t value) {
  const int64_t wide = value;
  ue(static_cast<uint32_t>(wide > 0 ? 2 * wide - 1 : -2 * wide));
}

void BitWriter::trailing_bits() {
  flag(true);
  while (!byte_aligned()) flag(false);
}

void BitWriter::append(const std::vector<uint8_t>& bytes) {
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
}

}  // namespace inloop
