// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

namespace inloop {

// Writes an RBSP bit by bit, with the most significant bit first (clauses 7.2 and 9.2).
class BitWriter {
 public:
  void bits(uint32_t value, int count);  // count 0..32
  void flag(bool value) { bits(value ? 1 : 0, 1); }
  void ue(uint32_t value);  // unsigned Exp-Golomb
  void se(int32_t value);   // signed Exp-Golomb
  // Writes rbsp_trailing_bits() or byte_alignment(): a one, then zeros up to the byte border.
  void trailing_bits();
  void append(const std::vector<uint8_t>& bytes);  // allowed only at a byte border

  bool byte_aligned() const { return pending_ == 0; }
  const std::vector<uint8_t>& bytes() const { return bytes_; }

 private:
  std::vector<uint8_t> bytes_;
  uint32_t cache_ = 0;
  int pending_ = 0;  // bits in cache_, 0..7
};

}  // namespace inloop
