// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "hevc/encoder/search/search_state.h"

namespace inloop::hevc {

// Keeps a coding block as it was decided (decisions, levels, reconstruction and contexts) while an
// alternative is tried in its place.
class Snapshot {
 public:
  void save(const SearchState& state, int x, int y, int log2_size);
  void restore(SearchState& state) const;

 private:
  int x_ = 0, y_ = 0, log2_size_ = 0;
  ContextSet contexts_{};
  CodedCtu ctu_;
  Sample luma_[kMaxCtuSize * kMaxCtuSize];
  Sample chroma_[2][kMaxCtuSize * kMaxCtuSize / 4];
};

}  // namespace inloop::hevc
