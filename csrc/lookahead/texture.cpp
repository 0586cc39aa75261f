// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "lookahead/texture.h"

#include <algorithm>
#include <cstdlib>

namespace inloop::lookahead {
namespace {

constexpr int kLumaBlock = 16;

struct Area {
  int x, y, width, height;
};

// Returns the part of a block of `size` samples that lies in the plane.
template <class T>
Area block_area(const PlaneView<const T>& plane, int bx, int by, int size) {
  const int x = bx * size, y = by * size;
  return {x, y, std::min(size, plane.width - x), std::min(size, plane.height - y)};
}

template <class T>
uint64_t block_energy(const PlaneView<const T>& plane, const Area& area) {
  uint64_t squares = 0;
  uint32_t sum = 0;
  for (int y = area.y; y < area.y + area.height; ++y) {
    const T* row = plane.row(y) + area.x;
    uint32_t row_squares = 0, row_sum = 0;  // 16 squares of 12-bit samples fit 32 bits
    for (int x = 0; x < area.width; ++x) {
      row_sum += row[x];
      row_squares += static_cast<uint32_t>(row[x]) * row[x];
    }
    sum += row_sum;
    squares += row_squares;
  }
  return squares - static_cast<uint64_t>(sum) * sum / static_cast<uint64_t>(area.width * area.height);
}

// Returns the mean |L| in 16ths, where L is the mask 1 -2 1 applied to rows and columns. The outermost
// samples of the picture lack a neighbour and do not count.
template <class T>
uint32_t block_details(const PlaneView<const T>& plane, const Area& area) {
  const int left = std::max(area.x, 1), right = std::min(area.x + area.width, plane.width - 1);
  const int top = std::max(area.y, 1), bottom = std::min(area.y + area.height, plane.height - 1);
  if (left >= right || top >= bottom) return 0;
  uint32_t sum = 0;
  for (int y = top; y < bottom; ++y) {
    const T* above = plane.row(y - 1);
    const T* row = plane.row(y);
    const T* below = plane.row(y + 1);
    for (int x = left; x < right; ++x) {
      const int corners = above[x - 1] + above[x + 1] + below[x - 1] + below[x + 1];
      const int sides = above[x] + below[x] + row[x - 1] + row[x + 1];
      sum += static_cast<uint32_t>(std::abs(corners - 2 * sides + 4 * row[x]));
    }
  }
  return 16 * sum / static_cast<uint32_t>((right - left) * (bottom - top));
}

}  // namespace

template <class T>
Status measure_texture(const PlaneView<const T> planes[3], int bit_depth, Texture& out) {
  const PlaneView<const T>& luma = planes[0];
  for (int c = 1; c < 3; ++c) {
    if (2 * planes[c].width != luma.width || 2 * planes[c].height != luma.height) {
      return Status::config("chroma planes must have half the size of luma");
    }
  }
  out.columns = (luma.width + kLumaBlock - 1) / kLumaBlock;
  out.rows = (luma.height + kLumaBlock - 1) / kLumaBlock;
  out.energy.clear();
  out.details.clear();
  const int shift = bit_depth - 8;
  for (int by = 0; by < out.rows; ++by) {
    for (int bx = 0; bx < out.columns; ++bx) {
      const Area area = block_area(luma, bx, by, kLumaBlock);
      uint64_t energy = block_energy(luma, area);
      for (int c = 1; c < 3; ++c) {
        energy += block_energy(planes[c], block_area(planes[c], bx, by, kLumaBlock / 2));
      }
      out.energy.push_back(static_cast<uint32_t>(energy >> (2 * shift)));
      out.details.push_back(block_details(luma, area) >> shift);
    }
  }
  return {};
}

template Status measure_texture(const PlaneView<const uint8_t>[3], int, Texture&);
template Status measure_texture(const PlaneView<const uint16_t>[3], int, Texture&);

}  // namespace inloop::lookahead
