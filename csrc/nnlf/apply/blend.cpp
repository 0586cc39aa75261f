// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nnlf/apply/blend.h"

#include <algorithm>

namespace inloop::nnlf {
namespace {

int to_signal_depth(int value, int quantizer) {
  const int shift = quantizer - kSignalBits;
  return shift > 0 ? (value + (1 << (shift - 1))) >> shift : value * (1 << -shift);
}

Sample clip_signal(int value) { return static_cast<Sample>(std::clamp(value, 0, (1 << kSignalBits) - 1)); }

// Adds the residual of the 6 channels of one position: 2x2 luma samples, Cb, Cr.
void add_half(const int16_t* k, int quantizer, const ConstPlanes& rec, int shift, int x, int y,
              const MutablePlanes& signal) {
  const auto add = [&](size_t c, int column, int row, int residual) {
    const int base = rec[c].at(column, row) << shift;
    signal[c].at(column, row) = clip_signal(base + to_signal_depth(residual, quantizer));
  };
  add(0, 2 * x, 2 * y, k[0] + k[1] + k[2] + k[3]);
  add(0, 2 * x + 1, 2 * y, k[0] - k[1] + k[2] - k[3]);
  add(0, 2 * x, 2 * y + 1, k[0] + k[1] - k[2] - k[3]);
  add(0, 2 * x + 1, 2 * y + 1, k[0] - k[1] - k[2] + k[3]);
  add(1, x, y, k[4]);
  add(2, x, y, k[5]);
}

// Returns position (x, y) of the output, not counting the context.
const int16_t* coefficients(const NetworkOutput& output, int x, int y) {
  const ptrdiff_t position = static_cast<ptrdiff_t>(y + output.margin) * output.columns + output.margin + x;
  return output.data + position * output_channels(output.form);
}

void add_quarter_rows(const KernelTable& kernels, const NetworkOutput& output, const ConstPlanes& rec,
                      int shift, const MutablePlanes& signal) {
  ResidualRow row{};
  row.blocks = rec[0].width / 4;
  row.quantizer = output.quantizer;
  row.shift = shift;
  for (size_t c = 0; c < 3; ++c) {
    row.rec_stride[c] = rec[c].stride;
    row.signal_stride[c] = signal[c].stride;
  }
  for (int y = 0; y < rec[0].height / 4; ++y) {
    row.coefficients = coefficients(output, 0, y);
    for (size_t c = 0; c < 3; ++c) {
      row.rec[c] = rec[c].row(c ? 2 * y : 4 * y);
      row.signal[c] = signal[c].row(c ? 2 * y : 4 * y);
    }
    kernels.residual_row(row);
  }
}

}  // namespace

void add_residual(const KernelTable& kernels, const NetworkOutput& output, const ConstPlanes& rec,
                  int bit_depth, const MutablePlanes& signal) {
  const int shift = kSignalBits - bit_depth;
  if (output.form == OutputForm::quarter) return add_quarter_rows(kernels, output, rec, shift, signal);
  for (int y = 0; y < rec[1].height; ++y) {
    for (int x = 0; x < rec[1].width; ++x) {
      add_half(coefficients(output, x, y), output.quantizer, rec, shift, x, y, signal);
    }
  }
}

void lift_deblocked(const ConstPlanes& dbf, int bit_depth, const MutablePlanes& signal) {
  const int shift = kSignalBits - bit_depth;
  for (size_t c = 0; c < 3; ++c) {
    for (int y = 0; y < dbf[c].height; ++y) {
      const Sample* d = dbf[c].row(y);
      Sample* s = signal[c].row(y);
      for (int x = 0; x < dbf[c].width; ++x) s[x] = static_cast<Sample>(d[x] << shift);
    }
  }
}

void copy(const ConstPlanes& from, const MutablePlanes& to) {
  for (size_t c = 0; c < 3; ++c) {
    for (int y = 0; y < from[c].height; ++y) std::copy_n(from[c].row(y), from[c].width, to[c].row(y));
  }
}

void blend(const KernelTable& kernels, const ConstPlanes& dbf, const ConstPlanes& signal,
           const std::array<int, 3>& scale, int bit_depth, const MutablePlanes& out) {
  for (size_t c = 0; c < 3; ++c) {
    if (scale[c] == 0 && out[c].data == dbf[c].data) continue;
    for (int y = 0; y < dbf[c].height; ++y) {
      if (scale[c] == 0) {
        std::copy_n(dbf[c].row(y), dbf[c].width, out[c].row(y));
      } else {
        kernels.blend_row(dbf[c].row(y), signal[c].row(y), dbf[c].width, scale[c], bit_depth, out[c].row(y));
      }
    }
  }
}

std::array<BlendSums, 3> blend_sums(const KernelTable& kernels, const ConstPlanes& dbf,
                                    const ConstPlanes& signal, const ConstPlanes& original, int bit_depth) {
  std::array<BlendSums, 3> sums{};
  for (size_t c = 0; c < 3; ++c) {
    for (int y = 0; y < dbf[c].height; ++y) {
      kernels.sums_row(dbf[c].row(y), signal[c].row(y), original[c].row(y), dbf[c].width, bit_depth,
                       sums[c].data());
    }
  }
  return sums;
}

}  // namespace inloop::nnlf
