// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nnlf/blend.h"

#include <algorithm>

namespace inloop::nnlf {
namespace {

int to_signal_depth(int value, int quantizer) {
  const int shift = quantizer - kSignalBits;
  return shift > 0 ? (value + (1 << (shift - 1))) >> shift : value * (1 << -shift);
}

Sample clip_signal(int value) { return static_cast<Sample>(std::clamp(value, 0, (1 << kSignalBits) - 1)); }

// Adds the residual of one 2x2 block with coefficients k[0], k[step], k[2 step], k[3 step].
void add_2x2(const int16_t* k, int step, int quantizer, const PlaneView<const Sample>& rec, int shift, int x,
             int y, const PlaneView<Sample>& signal) {
  const int c0 = k[0], c1 = k[step], c2 = k[2 * step], c3 = k[3 * step];
  const int residual[2][2] = {{c0 + c1 + c2 + c3, c0 - c1 + c2 - c3}, {c0 + c1 - c2 - c3, c0 - c1 - c2 + c3}};
  for (int j = 0; j < 2; ++j) {
    for (int i = 0; i < 2; ++i) {
      const int base = rec.at(x + i, y + j) << shift;
      signal.at(x + i, y + j) = clip_signal(base + to_signal_depth(residual[j][i], quantizer));
    }
  }
}

// Adds the residual of the 24 channels of one position.
void add_quarter(const int16_t* k, int quantizer, const ConstPlanes& rec, int shift, int x, int y,
                 const MutablePlanes& signal) {
  for (int i = 0; i < 4; ++i) {
    add_2x2(k + i, 4, quantizer, rec[0], shift, x + 2 * (i & 1), y + (i & 2), signal[0]);
  }
  for (int c = 1; c < 3; ++c) add_2x2(k + 12 + 4 * c, 1, quantizer, rec[c], shift, x / 2, y / 2, signal[c]);
}

// Adds the residual of the 6 channels of one position.
void add_half(const int16_t* k, int quantizer, const ConstPlanes& rec, int shift, int x, int y,
              const MutablePlanes& signal) {
  add_2x2(k, 1, quantizer, rec[0], shift, x, y, signal[0]);
  for (int c = 1; c < 3; ++c) {
    const int base = rec[c].at(x / 2, y / 2) << shift;
    signal[c].at(x / 2, y / 2) = clip_signal(base + to_signal_depth(k[3 + c], quantizer));
  }
}

}  // namespace

void add_residual(const NetworkOutput& output, const ConstPlanes& rec, int bit_depth,
                  const MutablePlanes& signal) {
  const int shift = kSignalBits - bit_depth;
  const int step = output_step(output.form);
  const int channels = output_channels(output.form);
  const auto add = output.form == OutputForm::quarter ? add_quarter : add_half;
  for (int y = 0; y < rec[0].height / step; ++y) {
    const int16_t* k =
        output.data + static_cast<ptrdiff_t>((y + output.margin) * output.columns + output.margin) * channels;
    for (int x = 0; x < rec[0].width / step; ++x, k += channels) {
      add(k, output.quantizer, rec, shift, step * x, step * y, signal);
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

void blend(const ConstPlanes& dbf, const ConstPlanes& signal, const std::array<int, 3>& scale, int bit_depth,
           const MutablePlanes& out) {
  const int shift = kSignalBits - bit_depth;
  const int peak = (1 << bit_depth) - 1;
  for (size_t c = 0; c < 3; ++c) {
    for (int y = 0; y < dbf[c].height; ++y) {
      const Sample* d = dbf[c].row(y);
      const Sample* n = signal[c].row(y);
      Sample* o = out[c].row(y);
      if (scale[c] == 0) {
        std::copy_n(d, dbf[c].width, o);
        continue;
      }
      for (int x = 0; x < dbf[c].width; ++x) {
        const int base = d[x] << shift;
        const int value = ((base << 8) + (n[x] - base) * scale[c] + (1 << (shift + 7))) >> (shift + 8);
        o[x] = static_cast<Sample>(std::clamp(value, 0, peak));
      }
    }
  }
}

std::array<BlendSums, 3> blend_sums(const ConstPlanes& dbf, const ConstPlanes& signal,
                                    const ConstPlanes& original, int bit_depth) {
  const int shift = kSignalBits - bit_depth;
  std::array<BlendSums, 3> sums;
  for (size_t c = 0; c < 3; ++c) {
    for (int y = 0; y < dbf[c].height; ++y) {
      const Sample* f = dbf[c].row(y);
      const Sample* n = signal[c].row(y);
      const Sample* o = original[c].row(y);
      for (int x = 0; x < dbf[c].width; ++x) {
        const int d = n[x] - (f[x] << shift);
        const int e = (o[x] - f[x]) * (1 << shift);
        sums[c].ee += static_cast<int64_t>(e) * e;
        sums[c].de += static_cast<int64_t>(d) * e;
        sums[c].dd += static_cast<int64_t>(d) * d;
      }
    }
  }
  return sums;
}

}  // namespace inloop::nnlf
