// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/encoder/search/search_plane.h"

#include <algorithm>
#include <cstring>

namespace inloop::hevc {
namespace {

constexpr int kBlock = 64;     // samples that are interpolated at a time, so that they stay in the L1 cache
constexpr int kTapsBelow = 4;  // rows below a sample that its interpolation reads

}  // namespace

SearchPlane::SearchPlane(const KernelTable& kernels, const Plane<Sample>& luma, int bit_depth,
                         bool interpolate, ThreadPool* pool)
    : kernels_(kernels),
      luma_(luma),
      width_(luma.width()),
      height_(luma.height()),
      bit_depth_(bit_depth),
      pool_(pool),
      samples_(width_ + 2 * kMargin, height_ + 2 * kMargin) {
  if (!interpolate) return;
  quarters_.reserve(16);
  for (int phase = 0; phase < 16; ++phase) quarters_.emplace_back(samples_.width(), samples_.height());
}

Status SearchPlane::run(int y, int end_y) {
  for (int row = y; row < end_y; ++row) copy_row(luma_.row(row), row + kMargin);
  if (y == 0) {
    for (int row = 0; row < kMargin; ++row) copy_row(luma_.row(0), row);
  }
  const bool complete = end_y == height_;
  if (complete) {
    for (int row = 0; row < kMargin; ++row) copy_row(luma_.row(height_ - 1), kMargin + height_ + row);
  }
  if (is_interpolated())
    interpolate(complete ? samples_.height() - kFilterReach : end_y + kMargin - kTapsBelow);
  rows_.publish(end_y);
  return {};
}

void SearchPlane::copy_row(const Sample* from, int row) {
  Sample* out = samples_.row(row);
  std::fill_n(out, kMargin, from[0]);
  std::memcpy(out + kMargin, from, sizeof(Sample) * static_cast<size_t>(width_));
  std::fill_n(out + kMargin + width_, kMargin, from[width_ - 1]);
}

// Interpolates the next rows of the padded plane, down to `end`.
void SearchPlane::interpolate(int end) {
  const int right = samples_.width() - kFilterReach;
  for (int phase = 0; phase < 16; ++phase) {
    Plane<int16_t>& plane = quarters_[static_cast<size_t>(phase)];
    for (int y = interpolated_; y < end; y += kBlock) {
      for (int x = kFilterReach; x < right; x += kBlock) {
        kernels_.luma_bi(samples_.row(y) + x, samples_.stride(), plane.row(y) + x, plane.stride(),
                         std::min(kBlock, right - x), std::min(kBlock, end - y), phase & 3, phase >> 2,
                         bit_depth_);
      }
    }
  }
  interpolated_ = std::max(interpolated_, end);
}

}  // namespace inloop::hevc
