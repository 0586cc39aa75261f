// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/plane.h"
#include "base/status.h"
#include "lookahead/kernels/table.h"

namespace inloop::lookahead {

constexpr int kBlock = 8;    // of the low-resolution picture: 16x16 samples of the source
constexpr int kBorder = 40;  // repeated samples around it, and what a vector may point into
constexpr int kMaxSize = 1 << 14;

// A picture of a video at half resolution, 8 bit, with its border repeated outwards, and what its blocks cost
// without other pictures. Immutable once created: any number of searches may read it at the same time.
class LowresPicture {
 public:
  // luma: T is uint8_t (bit_depth 8) or uint16_t. Sizes are even.
  template <class T>
  static Status create(const PlaneView<const T>& luma, int bit_depth, IsaLevel isa,
                       std::shared_ptr<const LowresPicture>& out);

  int width() const { return width_; }
  int height() const { return height_; }
  int blocks_x() const { return (width_ + kBlock - 1) / kBlock; }
  int blocks_y() const { return (height_ + kBlock - 1) / kBlock; }
  size_t block_count() const { return static_cast<size_t>(blocks_x()) * static_cast<size_t>(blocks_y()); }

  // Sample (x, y), from (-kBorder, -kBorder) to as far behind the last block.
  const uint8_t* at(int x, int y) const { return plane_.row(y + kBorder) + x + kBorder; }
  ptrdiff_t stride() const { return plane_.stride(); }
  const uint8_t* block(int bx, int by) const { return at(kBlock * bx, kBlock * by); }

  // SATD of the best intra prediction of each block, raster order.
  const std::vector<int32_t>& intra_costs() const { return intra_costs_; }

  const KernelTable& table() const { return table_; }

 private:
  LowresPicture(int width, int height, IsaLevel isa);
  void repeat_border();
  void measure_intra();

  int width_, height_;
  const KernelTable& table_;
  Plane<uint8_t> plane_;
  std::vector<int32_t> intra_costs_;
};

}  // namespace inloop::lookahead
