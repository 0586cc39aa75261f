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

// Side of a block of the low-resolution picture, which covers 16x16 samples of the source.
constexpr int kBlock = 8;
constexpr int kBorder = 40;  // repeated samples on each side, which vectors may point into
constexpr int kMaxSize = 1 << 14;

// A picture of a video at half resolution and 8 bit, with its border repeated outwards and with the cost of
// its blocks without other pictures. It does not change once it is created, so any number of searches may
// read it at the same time.
class LowresPicture {
 public:
  // The type T of luma is uint8_t (bit_depth 8) or uint16_t (8 to 12); both sides are even.
  template <class T>
  static Status create(const PlaneView<const T>& luma, int bit_depth, Isa isa,
                       std::shared_ptr<const LowresPicture>& out);

  int width() const { return width_; }
  int height() const { return height_; }
  int blocks_x() const { return (width_ + kBlock - 1) / kBlock; }
  int blocks_y() const { return (height_ + kBlock - 1) / kBlock; }
  size_t block_count() const { return static_cast<size_t>(blocks_x()) * static_cast<size_t>(blocks_y()); }

  // Returns sample (x, y). Both may be as low as -kBorder and as much behind the end of the last block.
  const uint8_t* at(int x, int y) const { return plane_.row(y + kBorder) + x + kBorder; }
  ptrdiff_t stride() const { return plane_.stride(); }
  const uint8_t* block(int bx, int by) const { return at(kBlock * bx, kBlock * by); }

  // Returns the SATD of the best intra prediction of each block, in raster order.
  const std::vector<int32_t>& intra_costs() const { return intra_costs_; }

  const KernelTable& table() const { return table_; }

 private:
  LowresPicture(int width, int height, Isa isa);
  void repeat_border();
  void measure_intra();

  int width_, height_;
  const KernelTable& table_;
  Plane<uint8_t> plane_;
  std::vector<int32_t> intra_costs_;
};

}  // namespace inloop::lookahead
