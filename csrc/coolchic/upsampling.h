// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "coolchic/float_plane.h"
#include "coolchic/parameters.h"
#include "coolchic/stream.h"

namespace inloop::coolchic {

// Doubles planes by one transposed convolution, whose K x K kernel splits into four phases of K/2 x K/2 taps.
class Upsampling {
 public:
  Upsampling(const PictureHeader& picture, const Parameters& parameters);

  // Computes row `y` of the doubled plane, its first `width` samples.
  void run_row(const KernelTable& kernels, const FloatPlane& in, int y, int width, float* out) const;
  // Computes the doubled plane. `out` must have its size, which may be one less in each direction.
  void run(const KernelTable& kernels, const FloatPlane& in, FloatPlane& out) const;

  // Doubles the latents of a grid that is halved at least once until they are half as large as the picture.
  // `spare` is memory to work in.
  void run_to_half(const KernelTable& kernels, const PictureHeader& picture, size_t grid,
                   const int16_t* latents, FloatPlane& out, FloatPlane& spare) const;

 private:
  int taps_;
  int first_[2];                  // tap 0 of even and odd samples, relative to half their position
  std::vector<float> phases_[4];  // [2 * (y & 1) + (x & 1)], then [tap row][tap column]
};

}  // namespace inloop::coolchic
