// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nnlf/kernels/table.h"

namespace inloop::nnlf {
namespace {

constexpr int kSignalBits = 14;

int to_signal_depth(int value, int quantizer) {
  const int shift = quantizer - kSignalBits;
  return shift > 0 ? (value + (1 << (shift - 1))) >> shift : value * (1 << -shift);
}

// Adds a 2x2 block of plane c with the coefficients k[0], k[step], k[2 step], k[3 step].
void add_2x2(const ResidualRow& row, int c, const int16_t* k, int step, int x, int y) {
  const int c0 = k[0], c1 = k[step], c2 = k[2 * step], c3 = k[3 * step];
  const int residual[4] = {c0 + c1 + c2 + c3, c0 - c1 + c2 - c3, c0 + c1 - c2 - c3, c0 - c1 - c2 + c3};
  for (int i = 0; i < 4; ++i) {
    const ptrdiff_t column = x + i % 2;
    const ptrdiff_t line = y + i / 2;
    const int value = (row.rec[c][line * row.rec_stride[c] + column] << row.shift) +
                      to_signal_depth(residual[i], row.quantizer);
    constexpr int kPeak = (1 << kSignalBits) - 1;
    row.signal[c][line * row.signal_stride[c] + column] = static_cast<uint16_t>(value < 0       ? 0
                                                                                : value > kPeak ? kPeak
                                                                                                : value);
  }
}

void residual_row(const ResidualRow& row) {
  const int16_t* k = row.coefficients;
  for (int x = 0; x < row.blocks; ++x, k += 24) {
    for (int i = 0; i < 4; ++i) add_2x2(row, 0, k + i, 4, 4 * x + 2 * (i % 2), i / 2 * 2);
    for (int c = 1; c < 3; ++c) add_2x2(row, c, k + 12 + 4 * c, 1, 2 * x, 0);
  }
}

}  // namespace

void fill_residual_scalar(KernelTable& table) { table.residual_row = residual_row; }

}  // namespace inloop::nnlf
