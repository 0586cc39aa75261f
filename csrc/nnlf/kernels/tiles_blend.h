// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <stdint.h>

// These work sample by sample from sample `x` on. The scalar kernels use them for whole rows, the others for
// what is left of a row.
namespace inloop::nnlf {
namespace {

inline void blend_samples(const uint16_t* dbf, const uint16_t* signal, int x, int width, int scale,
                          int bit_depth, uint16_t* out) {
  const int shift = 14 - bit_depth;
  const int peak = (1 << bit_depth) - 1;
  for (; x < width; ++x) {
    const int base = dbf[x] << shift;
    const int value = ((base << 8) + (signal[x] - base) * scale + (1 << (shift + 7))) >> (shift + 8);
    out[x] = static_cast<uint16_t>(value < 0 ? 0 : value > peak ? peak : value);
  }
}

inline void sum_samples(const uint16_t* dbf, const uint16_t* signal, const uint16_t* original, int x,
                        int width, int bit_depth, int64_t* sums) {
  const int shift = 14 - bit_depth;
  for (; x < width; ++x) {
    const int64_t d = signal[x] - (dbf[x] << shift);
    const int64_t e = (original[x] - dbf[x]) * (1 << shift);
    sums[0] += e * e;
    sums[1] += d * e;
    sums[2] += d * d;
  }
}

}  // namespace
}  // namespace inloop::nnlf
