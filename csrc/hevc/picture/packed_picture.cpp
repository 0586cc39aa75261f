// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/picture/packed_picture.h"

#include <algorithm>

namespace inloop::hevc {
namespace {

// The part of a plane within the conformance window.
struct Window {
  Window(const Sps& sps, int c_idx) {
    const int shift = c_idx > 0;
    left = sps.crop_left >> shift;
    top = sps.crop_top >> shift;
    width = (sps.pic_width - sps.crop_left - sps.crop_right) >> shift;
    height = (sps.pic_height - sps.crop_top - sps.crop_bottom) >> shift;
  }
  size_t size() const { return static_cast<size_t>(width) * static_cast<size_t>(height); }

  int left, top, width, height;
};

}  // namespace

void PackedPicture::fit(const Sps& sps) {
  size_t size = 0;
  for (int c = 0; c < 3; ++c) {
    begin_[c] = size;
    size += Window(sps, c).size();
  }
  if (size == size_) return;
  bytes_ = std::make_unique_for_overwrite<uint8_t[]>(size);
  size_ = size;
}

void PackedPicture::pack_rows(const Frame& frame, const Sps& sps, int y, int end_y) {
  for (int c = 0; c < 3; ++c) {
    const Window window(sps, c);
    const int shift = c > 0;
    const int end = std::min(end_y >> shift, window.top + window.height);
    for (int row = std::max(y >> shift, window.top); row < end; ++row) {
      const Sample* from = frame.planes[c].row(row) + window.left;
      uint8_t* to = bytes_.get() + begin_[c] + static_cast<ptrdiff_t>(row - window.top) * window.width;
      for (int x = 0; x < window.width; ++x) to[x] = static_cast<uint8_t>(from[x]);
    }
  }
}

}  // namespace inloop::hevc
