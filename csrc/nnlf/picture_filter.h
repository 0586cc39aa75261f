// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <vector>

#include "nnlf/coded_picture.h"
#include "nnlf/payload.h"

namespace inloop::nnlf {

// A picture's network signal at 14 bit.
struct Signal {
  std::array<Plane<Sample>, 3> planes;

  Signal() = default;
  Signal(int width, int height)
      : planes{Plane<Sample>(width, height), Plane<Sample>(width / 2, height / 2),
               Plane<Sample>(width / 2, height / 2)} {}
  ConstPlanes views() const { return {planes[0].view(), planes[1].view(), planes[2].view()}; }
  MutablePlanes views() { return {planes[0].view(), planes[1].view(), planes[2].view()}; }
};

// Which blocks (raster order) candidate `index` is needed for.
std::vector<uint8_t> wanted_blocks(const PictureParameters& parameters, int index, int block_count);

// Writes the filtered picture: blended blocks where a candidate is chosen, deblocked samples elsewhere.
void apply_parameters(const CodedPicture& picture, const PictureParameters& parameters,
                      const std::array<ConstPlanes, kMaxCandidates>& signals, const MutablePlanes& out);

// MD5 of the planes Y, Cb, Cr: one byte a sample at 8 bit, else two, low byte first.
Md5::Digest picture_md5(const ConstPlanes& planes, int bit_depth);

}  // namespace inloop::nnlf
