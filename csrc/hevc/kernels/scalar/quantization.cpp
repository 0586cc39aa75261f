// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/kernels/table.h"

namespace inloop::hevc {
namespace {

template <int n>
CodedExtent quantize(const int16_t* coeffs, int16_t* levels, uint32_t scale, uint32_t rounding, int shift) {
  CodedExtent extent;
  for (int y = 0; y < n; ++y) {
    for (int x = 0; x < n; ++x, ++coeffs, ++levels) {
      const int value = *coeffs;
      const uint32_t magnitude = static_cast<uint32_t>(value < 0 ? -value : value);
      const uint32_t level = (magnitude * scale + rounding) >> shift;
      const int clipped = level > 32767 ? 32767 : static_cast<int>(level);
      *levels = static_cast<int16_t>(value < 0 ? -clipped : clipped);
      if (clipped == 0) continue;
      ++extent.count;
      if (x > extent.max_x) extent.max_x = x;
      extent.max_y = y;
    }
  }
  return extent;
}

void dequantize(const int16_t* levels, int16_t* coeffs, int count, int scale, int shift) {
  const int rounding = shift > 0 ? 1 << (shift - 1) : 0;
  for (int i = 0; i < count; ++i) {
    const int product = levels[i] * scale;
    const int value = shift > 0 ? (product + rounding) >> shift : product * (1 << -shift);
    coeffs[i] = static_cast<int16_t>(value < -32768 ? -32768 : value > 32767 ? 32767 : value);
  }
}

}  // namespace

void fill_quantization_scalar(KernelTable& table) {
  table.quantize[0] = quantize<4>;
  table.quantize[1] = quantize<8>;
  table.quantize[2] = quantize<16>;
  table.quantize[3] = quantize<32>;
  table.dequantize = dequantize;
}

}  // namespace inloop::hevc
