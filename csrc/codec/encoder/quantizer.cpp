// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "codec/encoder/quantizer.h"

#include <cstdlib>

namespace inloop::codec {
namespace {

constexpr uint32_t kQuantScale[6] = {26214, 23302, 20560, 18396, 16384, 14564};

}  // namespace

int quantize(const int16_t* coeffs, int16_t* levels, int log2_size, int qp, int bit_depth, bool intra) {
  const int shift = 14 + qp / 6 + 15 - bit_depth - log2_size;
  const uint32_t scale = kQuantScale[qp % 6];
  const uint32_t rounding = (intra ? 171u : 85u) << (shift - 9);
  int count = 0;
  for (int i = 0; i < 1 << 2 * log2_size; ++i) {
    const auto magnitude = static_cast<uint32_t>(std::abs(static_cast<int>(coeffs[i])));
    uint32_t level = (magnitude * scale + rounding) >> shift;
    if (level > 32767) level = 32767;
    count += level != 0;
    levels[i] = static_cast<int16_t>(coeffs[i] < 0 ? -static_cast<int>(level) : static_cast<int>(level));
  }
  return count;
}

}  // namespace inloop::codec
