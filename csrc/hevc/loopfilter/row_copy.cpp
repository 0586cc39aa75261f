// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/loopfilter/row_copy.h"

#include <algorithm>

namespace inloop::hevc {

Status RowCopy::run(int y, int end_y) {
  for (int c = 0; c < 3; ++c) {
    const Plane<Sample>& from = from_.planes[c];
    const int shift = c ? 1 : 0;
    for (int row = y >> shift; row < end_y >> shift; ++row) {
      std::copy_n(from.row(row), from.width(), to_.planes[c].row(row));
    }
  }
  return {};
}

}  // namespace inloop::hevc
