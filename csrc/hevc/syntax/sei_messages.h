// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

#include "entropy/bit_reader.h"

namespace inloop::hevc {

// Calls take(type, reader, size) at each message of an SEI RBSP (7.3.5) and goes on behind it, wherever the reader was
// left. Ends at damage, or where take() returns false.
template <class Take>
void for_each_sei_message(BitReader& reader, const Take& take) {
  const auto extended_byte = [&reader] {  // a run of 255s and a last byte
    uint32_t value = 0, byte = 255;
    while (byte == 255 && reader.ok()) value += byte = reader.bits(8);
    return value;
  };
  while (reader.more_rbsp_data()) {
    const uint32_t type = extended_byte();
    const uint32_t size = extended_byte();
    const size_t end = reader.position_bits() + size_t{8} * size;
    if (!reader.ok() || !take(type, reader, size)) return;
    while (reader.ok() && reader.position_bits() < end) reader.bits(1);
  }
}

}  // namespace inloop::hevc
