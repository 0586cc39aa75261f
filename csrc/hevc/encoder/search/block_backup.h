// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstring>

#include "hevc/encoder/search/search_state.h"

namespace inloop::hevc {

// Keeps what the coding of one component of a block leaves behind (reconstruction, levels, transform tree)
// while an alternative is tried in its place. `largest` is the side of the largest block, in samples of the
// component.
template <int largest>
class ComponentBackup {
 public:
  void save(const SearchState& state, int c_idx, int x, int y, int log2_size) {
    const int shift = c_idx ? 1 : 0, size = 1 << (log2_size - shift);
    for (int row = 0; row < size; ++row) {
      std::memcpy(rec_ + row * size, state.rec_at(c_idx, x >> shift, (y >> shift) + row), row_bytes(size));
    }
    std::memcpy(levels_, state.ctu->levels(c_idx, x, y), row_bytes(size) * static_cast<size_t>(size));
    const CodedCell* cells = state.cells(x, y);
    for (int i = 0; i < cell_count(log2_size); ++i) {
      transform_depth_[i] = cells[i].transform_depth;
      cbf_[i] = cells[i].cbf[c_idx];
      transform_skip_[i] = cells[i].transform_skip;
    }
  }

  void restore(const SearchState& state, int c_idx, int x, int y, int log2_size) const {
    const int shift = c_idx ? 1 : 0, size = 1 << (log2_size - shift);
    for (int row = 0; row < size; ++row) {
      std::memcpy(state.rec_at(c_idx, x >> shift, (y >> shift) + row), rec_ + row * size, row_bytes(size));
    }
    std::memcpy(state.ctu->levels(c_idx, x, y), levels_, row_bytes(size) * static_cast<size_t>(size));
    CodedCell* cells = state.cells(x, y);
    for (int i = 0; i < cell_count(log2_size); ++i) {
      cells[i].transform_depth = transform_depth_[i];
      cells[i].cbf[c_idx] = cbf_[i];
      const int bit = 1 << c_idx;
      cells[i].transform_skip =
          static_cast<uint8_t>((cells[i].transform_skip & ~bit) | (transform_skip_[i] & bit));
    }
  }

 private:
  static size_t row_bytes(int size) { return sizeof(Sample) * static_cast<size_t>(size); }

  alignas(64) Sample rec_[largest * largest];
  alignas(64) int16_t levels_[largest * largest];
  uint8_t transform_depth_[kCellsPerCtu], cbf_[kCellsPerCtu], transform_skip_[kCellsPerCtu];
};

}  // namespace inloop::hevc
