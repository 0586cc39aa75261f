// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/syntax/coding_layout.h"

namespace inloop::hevc {
namespace {

// Returns, for each column (row) of CTBs, where the tile column (row) that holds it starts.
std::vector<int> tile_starts(const std::vector<int>& sizes) {
  std::vector<int> starts;
  for (int size : sizes) {
    const int start = static_cast<int>(starts.size());
    starts.insert(starts.end(), static_cast<size_t>(size), start);
  }
  return starts;
}

// Interleaves the low bits of x and y, which gives the z-order of a cell within its CTB.
int morton(int x, int y, int bits) {
  int z = 0;
  for (int i = 0; i < bits; ++i) z |= ((x >> i) & 1) << (2 * i) | ((y >> i) & 1) << (2 * i + 1);
  return z;
}

}  // namespace

CodingLayout::CodingLayout(const Sps& sps, const Pps& pps)
    : log2_ctb_size_(sps.log2_ctb_size),
      width_in_ctbs_(sps.pic_width_in_ctbs()),
      width_in_cells_(width_in_ctbs_ << (log2_ctb_size_ - 2)) {
  const int height_in_ctbs = sps.pic_height_in_ctbs();
  const auto ctbs = static_cast<size_t>(sps.pic_size_in_ctbs());
  const std::vector<int> columns =
      pps.tiles_enabled_flag ? pps.column_widths : std::vector<int>{width_in_ctbs_};
  const std::vector<int> rows = pps.tiles_enabled_flag ? pps.row_heights : std::vector<int>{height_in_ctbs};
  column_start_ = tile_starts(columns);
  row_start_ = tile_starts(rows);
  rs_to_ts_.assign(ctbs, 0);
  ts_to_rs_.assign(ctbs, 0);
  tile_id_.assign(ctbs, 0);

  int ts = 0, tile = 0, y0 = 0;
  for (int tile_height : rows) {
    int x0 = 0;
    for (int tile_width : columns) {
      for (int y = y0; y < y0 + tile_height; ++y) {
        for (int x = x0; x < x0 + tile_width; ++x, ++ts) {
          const auto rs = static_cast<size_t>(y * width_in_ctbs_ + x);
          rs_to_ts_[rs] = ts;
          ts_to_rs_[static_cast<size_t>(ts)] = static_cast<int>(rs);
          tile_id_[rs] = tile;
        }
      }
      x0 += tile_width;
      ++tile;
    }
    y0 += tile_height;
  }

  const int bits = log2_ctb_size_ - 2;
  const int mask = (1 << bits) - 1;
  const int height_in_cells = height_in_ctbs << bits;
  z_order_.resize(static_cast<size_t>(width_in_cells_) * static_cast<size_t>(height_in_cells));
  for (int y = 0; y < height_in_cells; ++y) {
    for (int x = 0; x < width_in_cells_; ++x) {
      const int ctb = rs_to_ts_[static_cast<size_t>((y >> bits) * width_in_ctbs_ + (x >> bits))];
      z_order_[static_cast<size_t>(y * width_in_cells_ + x)] =
          (ctb << (2 * bits)) + morton(x & mask, y & mask, bits);
    }
  }
}

bool CodingLayout::starts_tile(int ctb_x, int ctb_y) const {
  return column_start_[static_cast<size_t>(ctb_x)] == ctb_x &&
         row_start_[static_cast<size_t>(ctb_y)] == ctb_y;
}

}  // namespace inloop::hevc
