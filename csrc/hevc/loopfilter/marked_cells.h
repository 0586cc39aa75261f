// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <cstring>

namespace inloop::hevc {

// Calls visit(i) for each of `count` cells that has one of these bits, in order. Most cells have none, so that eight are
// tested at a time.
template <class Visit>
void for_each_marked(const uint8_t* cells, int count, uint8_t bits, const Visit& visit) {
  const uint64_t all_bits = 0x0101010101010101u * bits;
  int i = 0;
  for (; i + 8 <= count; i += 8) {
    uint64_t eight;
    std::memcpy(&eight, cells + i, sizeof eight);
    if (!(eight & all_bits)) continue;
    for (int k = i; k < i + 8; ++k) {
      if (cells[k] & bits) visit(k);
    }
  }
  for (; i < count; ++i) {
    if (cells[i] & bits) visit(i);
  }
}

}  // namespace inloop::hevc
