// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/encoder/write/qp_groups.h"

#include <algorithm>

#include "hevc/syntax/qp_rules.h"

namespace inloop::hevc {

int QpMap::mean(int x, int y, int size) const {
  const int x1 = std::min((x + size + 15) / 16, width), y1 = std::min((y + size + 15) / 16, height);
  const int x0 = std::min(x / 16, width - 1), y0 = std::min(y / 16, height - 1);
  int sum = 0, count = 0;
  for (int v = y0; v < std::max(y1, y0 + 1); ++v) {
    for (int u = x0; u < std::max(x1, x0 + 1); ++u, ++count) sum += qp[static_cast<size_t>(v * width + u)];
  }
  const int bias = 64 * count;  // keeps the dividend positive, so that the division rounds alike for all QPs
  return (2 * (sum + bias) + count) / (2 * count) - 64;
}

namespace qp_groups {
namespace {

// Returns the luma QP of the last CU before z-order index `cell` of the CTU whose corner is (x0, y0).
int previous_qp(const Picture& picture, const CodedCtu& ctu, int x0, int y0, int cell, int before_ctu) {
  for (int i = cell - 1; i >= 0; --i) {
    const CellOffset offset = cell_offset(i);
    if (x0 + offset.x < picture.width() && y0 + offset.y < picture.height()) {
      return ctu.cells[static_cast<size_t>(i)].qp;
    }
  }
  return before_ctu;
}

}  // namespace

int predicted_qp(const Picture& picture, const CodedCtu& ctu, int x, int y, int before_ctu) {
  const int in_ctb = picture.sps().ctb_size() - 1;
  const int previous = previous_qp(picture, ctu, x & ~in_ctb, y & ~in_ctb, cell_index(x, y), before_ctu);
  return predict_qp(in_ctb, x, y, previous, [&ctu](int nx, int ny) { return ctu.cell(nx, ny).qp; });
}

bool delta_coded_before(const CodedCtu& ctu, int group, int cell) {
  return has_residual(ctu.cells.data() + group, cell - group);
}

bool has_residual(const CodedCell* cells, int count) {
  return std::any_of(cells, cells + count,
                     [](const CodedCell& cell) { return cell.cbf[0] | cell.cbf[1] | cell.cbf[2]; });
}

int last_qp(const Picture& picture, const CodedCtu& ctu, int ctb_x, int ctb_y, int before_ctu) {
  const int log2_size = picture.sps().log2_ctb_size;
  return previous_qp(picture, ctu, ctb_x << log2_size, ctb_y << log2_size, cell_count(log2_size), before_ctu);
}

}  // namespace qp_groups
}  // namespace inloop::hevc
