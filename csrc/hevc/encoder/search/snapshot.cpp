// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/encoder/search/snapshot.h"

#include <algorithm>
#include <cstring>

namespace inloop::hevc {
namespace {

// Copies the cells and levels of a block from one CTU to the other.
void copy_decisions(const CodedCtu& from, CodedCtu& to, int x, int y, int log2_size) {
  const auto first = static_cast<size_t>(cell_index(x, y));
  const auto count = static_cast<size_t>(cell_count(log2_size));
  std::copy_n(from.cells.begin() + static_cast<ptrdiff_t>(first), count,
              to.cells.begin() + static_cast<ptrdiff_t>(first));
  std::memcpy(to.luma.data() + first * 16, from.luma.data() + first * 16, count * 16 * sizeof(int16_t));
  for (int c = 0; c < 2; ++c) {
    std::memcpy(to.chroma[c].data() + first * 4, from.chroma[c].data() + first * 4,
                count * 4 * sizeof(int16_t));
  }
}

void copy_samples(Sample* to, ptrdiff_t to_stride, const Sample* from, ptrdiff_t from_stride, int size) {
  for (int y = 0; y < size; ++y) {
    std::memcpy(to + y * to_stride, from + y * from_stride, static_cast<size_t>(size) * sizeof(Sample));
  }
}

}  // namespace

void Snapshot::save(const SearchState& state, int x, int y, int log2_size) {
  x_ = x;
  y_ = y;
  log2_size_ = log2_size;
  contexts_ = state.contexts;
  copy_decisions(*state.ctu, ctu_, x, y, log2_size);
  const int size = 1 << log2_size;
  copy_samples(luma_, size, state.rec_at(0, x, y), state.rec_stride(0), size);
  for (int c = 1; c < 3; ++c) {
    copy_samples(chroma_[c - 1], size / 2, state.rec_at(c, x / 2, y / 2), state.rec_stride(c), size / 2);
  }
}

void Snapshot::restore(SearchState& state) const {
  state.contexts = contexts_;
  copy_decisions(ctu_, *state.ctu, x_, y_, log2_size_);
  const int size = 1 << log2_size_;
  copy_samples(state.rec_at(0, x_, y_), state.rec_stride(0), luma_, size, size);
  for (int c = 1; c < 3; ++c) {
    copy_samples(state.rec_at(c, x_ / 2, y_ / 2), state.rec_stride(c), chroma_[c - 1], size / 2, size / 2);
  }
  publish_block(state.picture, *state.ctu, x_, y_, log2_size_);
}

}  // namespace inloop::hevc
