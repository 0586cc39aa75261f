// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "coolchic/float_plane.h"
#include "coolchic/parameters.h"
#include "coolchic/stream.h"

namespace inloop::coolchic {

// Doubling of planes by one transposed convolution, whose K x K kernel falls into four phases of K/2 x K/2
// taps.
class Upsampling {
 public:
  Upsampling(const PictureHeader& picture, const Parameters& parameters);

  // Row `y` of the doubled plane, its first `width` samples.
  void run_row(const KernelTable& kernels, const FloatPlane& in, int y, int width, float* out) const;
  // The doubled plane; `out` has its size, which may be one less.
  void run(const KernelTable& kernels, const FloatPlane& in, FloatPlane& out) const;

  // The latents of a grid of level 1 or above, doubled until it is half as large as the picture. `spare` is
  // memory to work in.
  void run_to_half(const KernelTable& kernels, const PictureHeader& picture, size_t grid,
                   const int16_t* latents, FloatPlane& out, FloatPlane& spare) const;

 private:
  int taps_;
  int first_[2];                  // tap 0 of even and odd samples, relative to half their position
  std::vector<float> phases_[4];  // [2 * (y & 1) + (x & 1)], [tap row][tap column]
};

}  // namespace inloop::coolchic
