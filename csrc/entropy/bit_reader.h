// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/status.h"

namespace inloop {

// Reads the syntax elements of an RBSP (clauses 9.1 and 9.2). It remembers the first violation (end of data,
// value out of range), and every later read returns the lower bound, so that a parser can be straight-line
// code that checks status() once.
class BitReader {
 public:
  // `what` names the syntax structure in messages.
  BitReader(const uint8_t* data, size_t size, const char* what)
      : data_(data), size_bits_(size * 8), what_(what) {}

  uint32_t bits(int count);  // u(n), n = 0..32
  bool flag() { return bits(1) != 0; }
  void skip(int count);
  uint32_t ue();  // ue(v)
  int32_t se();   // se(v)

  // These also check the range; the name appears in the message.
  int ue(const char* name, int min, int max) { return checked(ue(), name, min, max); }
  int se(const char* name, int min, int max) { return checked(se(), name, min, max); }
  int bits(const char* name, int count, int min, int max) { return checked(bits(count), name, min, max); }

  bool byte_aligned() const { return position_ % 8 == 0; }
  size_t position_bits() const { return position_; }
  bool more_rbsp_data() const;  // more_rbsp_data() (7.2): whether anything is left before the trailing bits
  // Reads byte_alignment(): a one, then zeros up to the byte border.
  void byte_alignment();

  void fail(const std::string& reason);
  bool ok() const { return status_.ok(); }
  const Status& status() const { return status_; }

 private:
  int checked(int64_t value, const char* name, int min, int max);

  const uint8_t* data_;
  size_t size_bits_;
  size_t position_ = 0;
  const char* what_;
  Status status_;
};

// Returns the bits of a fixed-length element with `count` values, Ceil(Log2(count)).
constexpr int ceil_log2(uint32_t count) {
  int bits = 0;
  while (bits < 32 && (uint64_t{1} << bits) < count) ++bits;
  return bits;
}

}  // namespace inloop
