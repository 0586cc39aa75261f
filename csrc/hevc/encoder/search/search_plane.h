// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/thread_pool.h"
#include "hevc/kernels/table.h"
#include "hevc/loopfilter/loop_stage.h"
#include "hevc/picture/picture.h"

namespace inloop::hevc {

// Luma of a reference picture with its border repeated on all sides, so that motion search needs no checks
// per sample. As the last stage of the in-loop filters it takes the final rows of the picture as they come, and
// pictures that refer to this one wait here for the rows that they read.
class SearchPlane final : public LoopStage {
 public:
  static constexpr int kMargin = 80;
  static constexpr int kFilterReach = 8;  // kept free for the interpolation filters

  // `luma` is the plane that is copied; it outlives the calls of run(). With `interpolate`, all quarter positions
  // are interpolated once, for searches that ask for each many times. They take 32 bytes a sample. `pool` is the
  // pool whose threads wait for rows, or null.
  SearchPlane(const KernelTable& kernels, const Plane<Sample>& luma, int bit_depth, bool interpolate,
              ThreadPool* pool);

  static int64_t interpolated_bytes(int width, int height) {
    return int64_t{32} * (width + 2 * kMargin) * (height + 2 * kMargin);
  }
  bool is_interpolated() const { return !quarters_.empty(); }

  // Takes the next rows of the final picture and publishes them.
  Reach reach() const override { return {0, 0, 1}; }
  Status run(int y, int end_y) override;

  // Says that there will be no more rows: whoever waits for some gets the answer false.
  void fail() { rows_.fail(); }

  // Waits until the luma rows above end_y, and those that interpolation reads below them, are there, chroma
  // included. Returns false if they never will be.
  bool wait(int end_y) const {
    const int rows = end_y + kFilterReach;
    return rows_.wait(rows > height_ ? height_ : rows, pool_);
  }

  // How many rows are there.
  const RowProgress& progress() const { return rows_; }

  // Intermediates as the kernel luma_bi makes them; (x, y) in quarter samples.
  const int16_t* quarter(int x, int y) const {
    const Plane<int16_t>& plane = quarters_[static_cast<size_t>((y & 3) * 4 + (x & 3))];
    return plane.row((y >> 2) + kMargin) + (x >> 2) + kMargin;
  }
  ptrdiff_t quarter_stride() const { return quarters_[0].stride(); }

  // (x, y) in picture coordinates; may lie in the margin.
  const Sample* at(int x, int y) const { return samples_.row(y + kMargin) + x + kMargin; }
  ptrdiff_t stride() const { return samples_.stride(); }

  // Returns whether a block at this integer position, with the reach of the interpolation filters, lies inside the
  // padded plane. If so, it waits until the rows of the block are there.
  bool covers(int x, int y, int width, int height) const {
    constexpr int kFree = kMargin - kFilterReach;
    return x >= -kFree && y >= -kFree && x + width <= width_ + kFree && y + height <= height_ + kFree &&
           wait(y + height);
  }

 private:
  void copy_row(const Sample* from, int row);
  void interpolate(int end);

  const KernelTable& kernels_;
  const Plane<Sample>& luma_;
  const int width_, height_, bit_depth_;
  ThreadPool* const pool_;
  Plane<Sample> samples_;
  std::vector<Plane<int16_t>> quarters_;  // 16 planes, row by row of fractions, or none
  int interpolated_ = kFilterReach;       // rows of the padded plane above this one have quarters
  RowProgress rows_;
};

// The search planes of the reference lists, entry by entry.
struct SearchPlanes {
  std::shared_ptr<const SearchPlane> plane[2][kMaxRefs];
};

}  // namespace inloop::hevc
