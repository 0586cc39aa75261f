// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include "hevc/kernels/table.h"
#include "hevc/picture/picture.h"

namespace inloop::hevc {

// The luma of a reference picture with its border samples repeated on all sides, so that motion search needs
// no check per sample.
class SearchPlane {
 public:
  static constexpr int kMargin = 80;
  static constexpr int kFilterReach = 8;  // samples of the margin that the interpolation filters may read

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

  // Interpolates all quarter-sample positions once, for searches that ask for each many times. The result
  // takes 32 bytes per sample.
  void interpolate(const KernelTable& kernels, int bit_depth) {
    constexpr int kBlock = 64;
    const int right = samples_.width() - kFilterReach, below = samples_.height() - kFilterReach;
    for (int phase = 0; phase < 16; ++phase) {
      Plane<int16_t>& plane = quarters_.emplace_back(samples_.width(), samples_.height());
      for (int y = kFilterReach; y < below; y += kBlock) {
        for (int x = kFilterReach; x < right; x += kBlock) {
          kernels.luma_bi(samples_.row(y) + x, samples_.stride(), plane.row(y) + x, plane.stride(),
                          std::min(kBlock, right - x), std::min(kBlock, below - y), phase & 3, phase >> 2,
                          bit_depth);
        }
      }
    }
  }
  static int64_t interpolated_bytes(int width, int height) {
    return int64_t{32} * (width + 2 * kMargin) * (height + 2 * kMargin);
  }
  bool is_interpolated() const { return !quarters_.empty(); }

  // Returns the prediction at quarter-sample position (x, y), as the kernel luma_bi makes it for
  // bi-prediction.
  const int16_t* quarter(int x, int y) const {
    const Plane<int16_t>& plane = quarters_[static_cast<size_t>((y & 3) * 4 + (x & 3))];
    return plane.row((y >> 2) + kMargin) + (x >> 2) + kMargin;
  }
  ptrdiff_t quarter_stride() const { return quarters_[0].stride(); }

  // Returns the sample at (x, y) in picture coordinates, which may lie in the margin.
  const Sample* at(int x, int y) const { return samples_.row(y + kMargin) + x + kMargin; }
  ptrdiff_t stride() const { return samples_.stride(); }

  // Returns whether a block at this full-sample position lies inside the padded plane, the reach of the
  // filters included.
  bool covers(int x, int y, int width, int height) const {
    constexpr int kFree = kMargin - kFilterReach;
    return x >= -kFree && y >= -kFree && x + width <= width_ + kFree && y + height <= height_ + kFree;
  }

 private:
  int width_, height_;
  Plane<Sample> samples_;
  // The plane of phase (x, y) has index 4 * y + x; there are none before interpolate().
  std::vector<Plane<int16_t>> quarters_;
};

// Holds the search planes of the reference lists, entry by entry.
struct SearchPlanes {
  std::shared_ptr<const SearchPlane> plane[2][kMaxRefs];
};

}  // namespace inloop::hevc
