// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>

namespace inloop::nnlf {

// Normative geometry of the filter: a picture of the coded size (a multiple of 8 luma samples each way) is
// cut into blocks of 128x128 luma samples from its top left corner; blocks at the right and bottom end where
// the picture ends. The network sees a block with 8 luma samples more on each side. Both sizes are multiples
// of 8, so that the 1/2 and 1/4 resolution grids of the network fall on whole samples.
constexpr int kBlockSize = 128;
constexpr int kContext = 8;
constexpr int kSizeStep = 8;

// A block without its context, in luma samples.
struct Block {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;

  int input_width() const { return (width + 2 * kContext) / 2; }
  int input_height() const { return (height + 2 * kContext) / 2; }
};

// The blocks of a picture in raster order.
class BlockGrid {
 public:
  BlockGrid(int width, int height) : width_(width), height_(height) {}

  int columns() const { return (width_ + kBlockSize - 1) / kBlockSize; }
  int rows() const { return (height_ + kBlockSize - 1) / kBlockSize; }
  int count() const { return columns() * rows(); }
  Block at(int index) const {
    const int x = index % columns() * kBlockSize;
    const int y = index / columns() * kBlockSize;
    return {x, y, std::min(kBlockSize, width_ - x), std::min(kBlockSize, height_ - y)};
  }

 private:
  int width_;
  int height_;
};

}  // namespace inloop::nnlf
