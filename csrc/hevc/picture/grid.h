// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "base/plane.h"
#include "hevc/syntax/types.h"

namespace inloop::hevc {

// Holds one value for each cell (4x4 luma samples) of a picture, in raster order. Positions and sizes are in
// luma samples; an index is that of Picture::cell(), which is the same for all grids of a picture.
template <class T>
class Grid {
 public:
  Grid() = default;
  Grid(int width, int height, T value)
      : stride_((width + kCellSize - 1) / kCellSize),
        cells_(static_cast<size_t>(stride_) * static_cast<size_t>((height + kCellSize - 1) / kCellSize),
               value) {}

  T& operator[](size_t index) { return cells_[index]; }
  const T& operator[](size_t index) const { return cells_[index]; }
  size_t size() const { return cells_.size(); }
  T* data() { return cells_.data(); }
  const T* data() const { return cells_.data(); }
  auto begin() { return cells_.begin(); }
  auto begin() const { return cells_.begin(); }
  auto end() { return cells_.end(); }
  auto end() const { return cells_.end(); }

  // Returns the cell at a luma position; the rest of its row follows in memory.
  T* at(int x, int y) { return cells_.data() + index(x, y); }

  void fill(T value) { std::fill(cells_.begin(), cells_.end(), value); }
  // Fills a block whose sides are multiples of those of a cell.
  void fill(int x, int y, int width, int height, T value) {
    T* row = at(x, y);
    for (int j = 0; j < height / kCellSize; ++j, row += stride_) {
      for (int i = 0; i < width / kCellSize; ++i) row[i] = value;
    }
  }

  // Returns all whole cells of a picture of width x height luma samples.
  PlaneView<const T> view(int width, int height) const {
    return {cells_.data(), stride_, width / kCellSize, height / kCellSize};
  }

 private:
  ptrdiff_t index(int x, int y) const { return ptrdiff_t{y / kCellSize} * stride_ + x / kCellSize; }

  int stride_ = 0;
  std::vector<T> cells_;
};

}  // namespace inloop::hevc
