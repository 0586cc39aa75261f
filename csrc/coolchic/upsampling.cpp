// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "coolchic/upsampling.h"

#include <cmath>
#include <utility>

namespace inloop::coolchic {

Upsampling::Upsampling(const PictureHeader& picture, const Parameters& parameters)
    : taps_(picture.upsampling_size / 2) {
  // Sample m takes kernel row k from row (m + K/2 - 1 - k) / 2 where that is a whole number.
  const int reach = taps_ - 1;
  int start[2];
  for (int phase = 0; phase < 2; ++phase) {
    start[phase] = (phase + reach) & 1;
    first_[phase] = (phase + reach - start[phase]) / 2;
  }
  for (int phase = 0; phase < 4; ++phase) {
    for (int t = 0; t < taps_; ++t) {
      for (int u = 0; u < taps_; ++u) {
        const int ky = start[phase >> 1] + 2 * t, kx = start[phase & 1] + 2 * u;
        const int32_t integer = parameters.upsampling_weights[static_cast<size_t>(ky * 2 * taps_ + kx)];
        phases_[phase].push_back(
            std::ldexp(static_cast<float>(integer), picture.upsampling_weights.step_log2));
      }
    }
  }
}

void Upsampling::run_row(const KernelTable& kernels, const FloatPlane& in, int y, int width,
                         float* out) const {
  const float* rows[FloatPlane::kPadding];
  for (int t = 0; t < taps_; ++t) rows[t] = in.clamped_row((y >> 1) + first_[y & 1] - t);
  const auto* phases = phases_ + 2 * (y & 1);
  kernels.upsample_row(
      {rows, taps_, {phases[0].data(), phases[1].data()}, {first_[0], first_[1]}, width, out});
}

void Upsampling::run(const KernelTable& kernels, const FloatPlane& in, FloatPlane& out) const {
  for (int y = 0; y < out.height(); ++y) {
    run_row(kernels, in, y, out.width(), out.row(y));
    out.pad_row(y);
  }
}

void Upsampling::run_to_half(const KernelTable& kernels, const PictureHeader& picture, size_t grid,
                             const int16_t* latents, FloatPlane& out, FloatPlane& spare) const {
  const Grid& source = picture.grids[grid];
  out.resize(source.width, source.height);
  for (int y = 0; y < source.height; ++y) {
    kernels.widen_row(latents + ptrdiff_t{y} * source.width, source.width, out.row(y));
    out.pad_row(y);
  }
  const Grid& full = picture.grids.front();
  for (int halvings = source.halvings - 1; halvings > 0; --halvings) {
    const int round_up = (1 << halvings) - 1;
    spare.resize((full.width + round_up) >> halvings, (full.height + round_up) >> halvings);
    run(kernels, out, spare);
    std::swap(out, spare);
  }
}

}  // namespace inloop::coolchic
