// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstring>
#include <memory>

#include "codec/picture.h"

namespace inloop::codec {

// Luma of a reference picture with its border repeated on all sides, so that motion search needs no checks
// per sample.
class SearchPlane {
 public:
  static constexpr int kMargin = 80;
  static constexpr int kFilterReach = 8;  // kept free for the interpolation filters

  explicit SearchPlane(const Plane<Sample>& luma)
      : width_(luma.width()), height_(luma.height()), samples_(width_ + 2 * kMargin, height_ + 2 * kMargin) {
    for (int y = 0; y < samples_.height(); ++y) {
      const int from = y < kMargin ? 0 : y - kMargin >= height_ ? height_ - 1 : y - kMargin;
      const Sample* row = luma.row(from);
      Sample* out = samples_.row(y);
      for (int x = 0; x < kMargin; ++x) {
        out[x] = row[0];
        out[kMargin + width_ + x] = row[width_ - 1];
      }
      std::memcpy(out + kMargin, row, sizeof(Sample) * static_cast<size_t>(width_));
    }
  }

  // (x, y) in picture coordinates; may lie in the margin.
  const Sample* at(int x, int y) const { return samples_.row(y + kMargin) + x + kMargin; }
  ptrdiff_t stride() const { return samples_.stride(); }

  // Whether a block at this integer position, filter reach included, lies inside the padded plane.
  bool covers(int x, int y, int width, int height) const {
    constexpr int kFree = kMargin - kFilterReach;
    return x >= -kFree && y >= -kFree && x + width <= width_ + kFree && y + height <= height_ + kFree;
  }

 private:
  int width_, height_;
  Plane<Sample> samples_;
};

// The search planes of the reference lists, entry by entry.
struct SearchPlanes {
  std::shared_ptr<const SearchPlane> plane[2][kMaxRefs];
};

}  // namespace inloop::codec
