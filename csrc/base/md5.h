// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace inloop {

// The MD5 message digest (RFC 1321) of data that comes in pieces. It serves picture hashes, not security.
class Md5 {
 public:
  using Digest = std::array<uint8_t, 16>;

  Md5();
  void update(const void* data, size_t size);
  Digest finish();

 private:
  void process_block(const uint8_t* block);

  std::array<uint32_t, 4> state_;
  std::array<uint8_t, 64> buffer_{};
  uint64_t length_ = 0;
};

std::string to_hex(const uint8_t* bytes, size_t size);

}  // namespace inloop
