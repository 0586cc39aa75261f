// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>

#include "base/aligned_buffer.h"
#include "coolchic/kernels/table.h"

namespace inloop::coolchic {

// A plane whose rows can be read beyond their ends, where the end sample repeats; clamped_row() also covers
// rows above the first and below the last. It keeps its memory when its size changes.
class FloatPlane {
 public:
  static constexpr int kPadding = 16;

  void resize(int width, int height) {
    width_ = width;
    height_ = height;
    stride_ = (width + 2 * kPadding + kRowSlack + kPadding - 1) / kPadding * kPadding;
    const auto needed = static_cast<size_t>(stride_) * static_cast<size_t>(height);
    if (buffer_.size() < needed) buffer_ = AlignedBuffer<float>(needed);
  }

  int width() const { return width_; }
  int height() const { return height_; }
  float* row(int y) { return buffer_.data() + y * stride_ + kPadding; }
  const float* row(int y) const { return buffer_.data() + y * stride_ + kPadding; }
  const float* clamped_row(int y) const { return row(std::clamp(y, 0, height_ - 1)); }

  // Must be called when a row is written.
  void pad_row(int y) {
    float* samples = row(y);
    std::fill(samples - kPadding, samples, samples[0]);
    std::fill(samples + width_, samples + width_ + kPadding, samples[width_ - 1]);
  }

 private:
  int width_ = 0;
  int height_ = 0;
  ptrdiff_t stride_ = 0;
  AlignedBuffer<float> buffer_;
};

}  // namespace inloop::coolchic
