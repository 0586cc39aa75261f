// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/picture/packed_picture.h"

namespace inloop::hevc {
namespace {

void pack_plane(const Plane<Sample>& plane, int left, int top, int width, int height,
                std::vector<uint8_t>& bytes) {
  bytes.resize(static_cast<size_t>(width) * static_cast<size_t>(height));
  uint8_t* out = bytes.data();
  for (int y = 0; y < height; ++y, out += width) {
    const Sample* row = plane.row(top + y) + left;
    for (int x = 0; x < width; ++x) out[x] = static_cast<uint8_t>(row[x]);
  }
}

}  // namespace

void pack_picture(const Frame& frame, const Sps& sps, PackedPicture& packed) {
  packed.width = sps.pic_width - sps.crop_left - sps.crop_right;
  packed.height = sps.pic_height - sps.crop_top - sps.crop_bottom;
  for (int c = 0; c < 3; ++c) {
    const int shift = c > 0;
    pack_plane(frame.planes[c], sps.crop_left >> shift, sps.crop_top >> shift, packed.width >> shift,
               packed.height >> shift, packed.planes[c]);
  }
}

}  // namespace inloop::hevc
