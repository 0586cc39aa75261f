// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>

#include "hevc/picture/picture.h"

namespace inloop::hevc {

// What the encoder decided for one 4x4 cell of luma. All cells of a block repeat the decisions of the block,
// so that the data of a block is one contiguous range in z-order.
struct CodedCell {
  uint8_t cqt_depth = 0;
  PredMode pred_mode = PredMode::none;
  PartMode part_mode = PartMode::p2Nx2N;
  bool skip = false;
  bool merge = false;
  uint8_t merge_idx = 0;
  uint8_t mvp_idx[2] = {0, 0};
  uint8_t intra_mode = kIntraDc;
  uint8_t intra_chroma_mode = 4;  // intra_chroma_pred_mode; 4 is the derived mode
  uint8_t transform_depth = 0;    // depth of the transform block that holds the cell
  uint8_t cbf[3] = {0, 0, 0};     // bit d: cbf of the node at transform depth d
  uint8_t transform_skip = 0;     // bit c: transform_skip_flag of component c
  int8_t qp = 0;
  MotionInfo motion;
  Mv mvd[2];
};

constexpr int kMaxCtuSize = 64;
constexpr int kCellsPerCtu = 256;

// Returns the z-order index, within its CTU, of the cell that holds luma sample (x, y). Both may be relative
// to any CTU-aligned position.
inline int cell_index(int x, int y) {
  static constexpr auto kSpread = [] {
    std::array<uint8_t, 16> spread{};
    for (int i = 0; i < 16; ++i)
      spread[static_cast<size_t>(i)] =
          static_cast<uint8_t>((i & 1) | (i & 2) << 1 | (i & 4) << 2 | (i & 8) << 3);
    return spread;
  }();
  return kSpread[static_cast<size_t>(x >> 2 & 15)] | kSpread[static_cast<size_t>(y >> 2 & 15)] << 1;
}

// The inverse: the luma offset of a cell from the corner of its CTU.
struct CellOffset {
  int x, y;
};
inline CellOffset cell_offset(int index) {
  CellOffset offset{0, 0};
  for (int bit = 0; bit < 4; ++bit) {
    offset.x |= (index >> 2 * bit & 1) << (bit + 2);
    offset.y |= (index >> (2 * bit + 1) & 1) << (bit + 2);
  }
  return offset;
}

// Returns the number of cells in a square block of 1 << log2_size luma samples.
constexpr int cell_count(int log2_size) { return 1 << 2 * (log2_size - 2); }

// All decisions of a CTU, which is everything that the slice writer needs. Levels are stored as dense n x n
// blocks; a block starts at 16 (luma) or 4 (chroma) times the index of its first cell.
struct CodedCtu {
  std::array<CodedCell, kCellsPerCtu> cells;
  alignas(64) std::array<int16_t, kCellsPerCtu * 16> luma;
  alignas(64) std::array<int16_t, kCellsPerCtu * 4> chroma[2];

  CodedCell& cell(int x, int y) { return cells[static_cast<size_t>(cell_index(x, y))]; }
  const CodedCell& cell(int x, int y) const { return cells[static_cast<size_t>(cell_index(x, y))]; }
  int16_t* levels(int c_idx, int luma_x, int luma_y) {
    const auto index = static_cast<size_t>(cell_index(luma_x, luma_y));
    return c_idx ? chroma[c_idx - 1].data() + index * 4 : luma.data() + index * 16;
  }
  const int16_t* levels(int c_idx, int luma_x, int luma_y) const {
    return const_cast<CodedCtu*>(this)->levels(c_idx, luma_x, luma_y);
  }
};

}  // namespace inloop::hevc
