// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "hevc/syntax/parameter_sets.h"

namespace inloop::hevc {

// Holds the tables that convert CTB addresses (clause 6.5) for a PPS; all pictures that use the PPS share
// them.
class CodingLayout {
 public:
  CodingLayout(const Sps& sps, const Pps& pps);

  int ctb_addr_rs_to_ts(int rs) const { return rs_to_ts_[static_cast<size_t>(rs)]; }
  int ctb_addr_ts_to_rs(int ts) const { return ts_to_rs_[static_cast<size_t>(ts)]; }
  int tile_id_rs(int rs) const { return tile_id_[static_cast<size_t>(rs)]; }  // by raster address
  bool starts_tile(int ctb_x, int ctb_y) const;  // whether this is the first CTB of a tile
  // Returns the first column of the tile that holds this column of CTBs.
  int tile_start_column(int ctb_x) const { return column_start_[static_cast<size_t>(ctb_x)]; }
  int log2_ctb_size() const { return log2_ctb_size_; }
  int ctb_address(int x, int y) const {
    return (y >> log2_ctb_size_) * width_in_ctbs_ + (x >> log2_ctb_size_);
  }

  // Returns the decoding order of the cell that holds luma sample (x, y), which is MinTbAddrZs at a
  // granularity of 4x4.
  int z_order(int x, int y) const {
    return z_order_[static_cast<size_t>((y >> 2) * width_in_cells_ + (x >> 2))];
  }

 private:
  int log2_ctb_size_;
  int width_in_ctbs_;
  int width_in_cells_;  // counts whole CTBs, so that every coded position has an entry
  std::vector<int> rs_to_ts_, ts_to_rs_, tile_id_, column_start_, row_start_, z_order_;
};

}  // namespace inloop::hevc
