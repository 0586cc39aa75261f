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

// Returns whether any transform block of these cells has levels.
bool has_residual(const CodedCell* cells, int count) {
  return std::any_of(cells, cells + count,
                     [](const CodedCell& cell) { return cell.cbf[0] | cell.cbf[1] | cell.cbf[2]; });
}

void correct_ctu(Picture& picture, CodedCtu& ctu, int ctb_x, int ctb_y, int before_ctu) {
  const int log2_ctb = picture.sps().log2_ctb_size, x0 = ctb_x << log2_ctb, y0 = ctb_y << log2_ctb;
  for (int i = 0, count; i < cell_count(log2_ctb); i += count) {
    const int x = x0 + cell_offset(i).x, y = y0 + cell_offset(i).y;
    count = 1;
    if (x >= picture.width() || y >= picture.height()) continue;
    CodedCell* cells = ctu.cells.data() + i;
    const int log2_cu = log2_ctb - cells->cqt_depth;
    count = cell_count(log2_cu);
    const Group group = group_of(picture, ctu, x, y, log2_cu);
    if (!is_predicted(ctu, group, x, y, log2_cu)) continue;
    const auto qp = static_cast<int8_t>(predicted_qp(picture, ctu, group.x, group.y, before_ctu));
    std::for_each(cells, cells + count, [qp](CodedCell& cell) { cell.qp = qp; });
    picture.qp_y.fill(x, y, 1 << log2_cu, 1 << log2_cu, qp);
  }
}

}  // namespace

int predicted_qp(const Picture& picture, const CodedCtu& ctu, int x, int y, int before_ctu) {
  const int in_ctb = picture.sps().ctb_size() - 1;
  const int previous = previous_qp(picture, ctu, x & ~in_ctb, y & ~in_ctb, cell_index(x, y), before_ctu);
  return predict_qp(in_ctb, x, y, previous, [&ctu](int nx, int ny) { return ctu.cell(nx, ny).qp; });
}

Group group_of(const Picture& picture, const CodedCtu& ctu, int cu_x, int cu_y, int log2_cu_size) {
  const int log2_group = std::max(log2_cu_size, log2_size(picture.sps(), picture.pps()));
  const int x = cu_x >> log2_group << log2_group, y = cu_y >> log2_group << log2_group;
  const int first = cell_index(x, y);
  return {x, y, has_residual(ctu.cells.data() + first, cell_index(cu_x, cu_y) - first)};
}

bool is_predicted(const CodedCtu& ctu, const Group& group, int cu_x, int cu_y, int log2_cu_size) {
  return !group.delta_coded && !has_residual(&ctu.cell(cu_x, cu_y), cell_count(log2_cu_size));
}

int last_qp(const Picture& picture, const CodedCtu& ctu, int ctb_x, int ctb_y) {
  // Cells in z-order go to the right and down, so that the last one inside the picture is that of the corner.
  const int size = picture.sps().ctb_size();
  return ctu
      .cell(std::min((ctb_x + 1) * size, picture.width()) - 1,
            std::min((ctb_y + 1) * size, picture.height()) - 1)
      .qp;
}

void correct_row(Picture& picture, CodedCtu* row, int ctb_y, int assumed, int before) {
  const int columns = picture.sps().pic_width_in_ctbs();
  for (int ctb_x = 0; ctb_x < columns && assumed != before; ++ctb_x) {
    CodedCtu& ctu = row[ctb_x];
    assumed = last_qp(picture, ctu, ctb_x, ctb_y);
    correct_ctu(picture, ctu, ctb_x, ctb_y, before);
    before = last_qp(picture, ctu, ctb_x, ctb_y);
  }
}

}  // namespace qp_groups
}  // namespace inloop::hevc
