// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>

namespace inloop::nnlf {

// The normative geometry of the filter. A picture of the coded size (a multiple of 8 luma samples in each
// direction) is cut into blocks of 128x128 or 256x256 luma samples, as its parameters say, from its top left
// corner on; blocks at the right and at the bottom end where the picture ends. The network sees a block with
// 8 more luma samples on each side. All sizes are multiples of 8, so that the grids of the network at 1/2 and
// 1/4 resolution fall on whole samples.
constexpr int kBlockSize = 128;
constexpr int kLargeBlockSize = 256;
constexpr bool is_block_size(int size) { return size == kBlockSize || size == kLargeBlockSize; }
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

// The indices begin to end (not included) of consecutive blocks.
struct BlockRange {
  int begin = 0;
  int end = 0;
};

// The blocks of a picture in raster order.
class BlockGrid {
 public:
  BlockGrid(int width, int height, int block_size) : width_(width), height_(height), size_(block_size) {}

  int block_size() const { return size_; }
  int columns() const { return (width_ + size_ - 1) / size_; }
  int rows() const { return (height_ + size_ - 1) / size_; }
  int count() const { return columns() * rows(); }
  BlockRange all() const { return {0, count()}; }
  // Returns the blocks that luma rows y to end_y (not included) pass through.
  BlockRange in_rows(int y, int end_y) const {
    return {y / size_ * columns(), (end_y + size_ - 1) / size_ * columns()};
  }
  Block at(int index) const {
    const int x = index % columns() * size_;
    const int y = index / columns() * size_;
    return {x, y, std::min(size_, width_ - x), std::min(size_, height_ - y)};
  }

 private:
  int width_;
  int height_;
  int size_;
};

}  // namespace inloop::nnlf
