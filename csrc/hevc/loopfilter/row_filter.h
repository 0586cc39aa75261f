// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <vector>

#include "hevc/kernels/table.h"
#include "hevc/loopfilter/sao.h"
#include "hevc/picture/picture.h"

namespace inloop::hevc {

// The in-loop filters of a picture that is being decoded, as close behind its CTUs as their reach allows:
// what is warm in the cache is filtered, and other threads get at the rows early. Publishes the rows of the
// picture.
class RowFilter {
 public:
  // hold: the filters wait for finish(), since the whole picture is wanted before them.
  RowFilter(const KernelTable& kernels, Picture& picture, bool hold, SaoBuffers& buffers);

  // A CTU in this row of CTBs is decoded; CTUs come in any order (tiles).
  void ctu_decoded(int ctb_y) {
    if (++decoded_[static_cast<size_t>(ctb_y)] == columns_) advance();
  }

  // Without hold nothing is left to do once every CTU is decoded. With it: deblocking of all rows, then,
  // after whatever the caller does between, SAO.
  void deblock_all();
  void finish();

 private:
  void advance();
  void filter_behind(int ctb_y);

  const KernelTable& kernels_;
  Picture& picture_;
  bool hold_;
  int columns_;
  std::vector<int> decoded_;  // CTUs of a row of CTBs
  int next_ctb_y_ = 0;        // rows of CTBs before it are complete
  int deblocked_y_ = 0;
  std::optional<SaoFilter> sao_;
};

}  // namespace inloop::hevc
