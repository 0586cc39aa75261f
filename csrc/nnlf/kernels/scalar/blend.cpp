// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nnlf/kernels/table.h"

namespace inloop::nnlf {
namespace {

void blend_row(const uint16_t* dbf, const uint16_t* signal, int width, int scale, int bit_depth,
               uint16_t* out) {
  const int shift = 14 - bit_depth;
  const int peak = (1 << bit_depth) - 1;
  for (int x = 0; x < width; ++x) {
    const int base = dbf[x] << shift;
    const int value = ((base << 8) + (signal[x] - base) * scale + (1 << (shift + 7))) >> (shift + 8);
    out[x] = static_cast<uint16_t>(value < 0 ? 0 : value > peak ? peak : value);
  }
}

void sums_row(const uint16_t* dbf, const uint16_t* signal, const uint16_t* original, int width, int bit_depth,
              int64_t* sums) {
  const int shift = 14 - bit_depth;
  for (int x = 0; x < width; ++x) {
    const int64_t d = signal[x] - (dbf[x] << shift);
    const int64_t e = (original[x] - dbf[x]) * (1 << shift);
    sums[0] += e * e;
    sums[1] += d * e;
    sums[2] += d * d;
  }
}

}  // namespace

void fill_blend_scalar(KernelTable& table) {
  table.blend_row = blend_row;
  table.sums_row = sums_row;
}

}  // namespace inloop::nnlf
