// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/loopfilter/boundary_strength.h"

#include <algorithm>
#include <cstdlib>

#include "hevc/loopfilter/marked_cells.h"

namespace inloop::hevc {
namespace {

bool far_apart(const Mv& a, const Mv& b) { return std::abs(a.x - b.x) >= 4 || std::abs(a.y - b.y) >= 4; }

// The motion at one side of an edge. Its references are given by POC, because reference indices of two slices
// cannot be compared.
struct EdgeMotion {
  EdgeMotion(const MotionInfo& info, const SliceInfo& slice) {
    for (int list = 0; list < 2; ++list) {
      if (!info.uses(list)) continue;
      mv[count] = info.mv[list];
      poc[count++] = slice.ref_poc[list][info.ref_idx[list]];
    }
  }
  int count = 0;
  Mv mv[2];
  int poc[2] = {0, 0};
};

bool motion_differs(const EdgeMotion& p, const EdgeMotion& q) {
  if (p.count != q.count) return true;
  if (p.count < 2) return p.count == 1 && (p.poc[0] != q.poc[0] || far_apart(p.mv[0], q.mv[0]));
  const bool straight = p.poc[0] == q.poc[0] && p.poc[1] == q.poc[1];
  const bool crossed = p.poc[0] == q.poc[1] && p.poc[1] == q.poc[0];
  if (!straight && !crossed) return true;
  const bool straight_far = far_apart(p.mv[0], q.mv[0]) || far_apart(p.mv[1], q.mv[1]);
  const bool crossed_far = far_apart(p.mv[0], q.mv[1]) || far_apart(p.mv[1], q.mv[0]);
  return (!straight || straight_far) && (!crossed || crossed_far);
}

// The edges of one CTB, including those at its left and top sides.
class CtbEdges {
 public:
  CtbEdges(Picture& picture, int ctb_x, int ctb_y)
      : picture_(picture),
        x0_(ctb_x << picture.sps().log2_ctb_size),
        y0_(ctb_y << picture.sps().log2_ctb_size),
        slice_(&picture.slice_at(x0_, y0_)) {
    x1_ = x0_ + picture.sps().ctb_size() < picture.width() ? x0_ + picture.sps().ctb_size() : picture.width();
    y1_ =
        y0_ + picture.sps().ctb_size() < picture.height() ? y0_ + picture.sps().ctb_size() : picture.height();
  }

  void derive() const {
    const ptrdiff_t up = picture_.cell_stride();
    const SliceInfo* left_slice = filtered_neighbour(x0_ - 1, y0_);
    const SliceInfo* top_slice = filtered_neighbour(x0_, y0_ - 1);
    const int columns = (x1_ - x0_ + kCellSize - 1) / kCellSize;
    for (int y = y0_; y < y1_; y += kCellSize) {
      const size_t first = picture_.cell(x0_, y);
      for_each_marked(picture_.flags.data() + first, columns, kCellEdgeVertical | kCellPuVertical,
                      [&](int i) {
                        if (i % 2) return;  // Edges are filtered on the 8x8 grid only.
                        const size_t q = first + static_cast<size_t>(i);
                        picture_.bs_ver[q] = strength(q, 1, i == 0 ? left_slice : slice_, kCellEdgeVertical);
                      });
    }
    for (int y = y0_; y < y1_; y += 8) {
      const size_t first = picture_.cell(x0_, y);
      const SliceInfo* const above = y == y0_ ? top_slice : slice_;
      for_each_marked(picture_.flags.data() + first, columns, kCellEdgeHorizontal | kCellPuHorizontal,
                      [&](int i) {
                        const size_t q = first + static_cast<size_t>(i);
                        picture_.bs_hor[q] = strength(q, up, above, kCellEdgeHorizontal);
                      });
    }
  }

 private:
  // Returns the slice of the neighbouring CTB at (x, y), or nullptr where filterEdgeFlag (8.7.2.3) is 0.
  const SliceInfo* filtered_neighbour(int x, int y) const {
    if (x < 0 || y < 0) return nullptr;
    const CodingLayout& layout = picture_.layout();
    const int here = layout.ctb_address(x0_, y0_);
    const int there = layout.ctb_address(x, y);
    const int there_slice = picture_.slice_address[static_cast<size_t>(there)];
    if (there_slice < 0) return nullptr;
    if (!slice_->header.loop_filter_across_slices_enabled_flag &&
        there_slice != picture_.slice_address[static_cast<size_t>(here)]) {
      return nullptr;
    }
    if (!picture_.pps().loop_filter_across_tiles_enabled_flag &&
        layout.tile_id_rs(here) != layout.tile_id_rs(there)) {
      return nullptr;
    }
    return &picture_.slice_at(x, y);
  }

  // Returns the strength (8.7.2.4) of the edge between cell q and the cell `back` cells before it, which
  // belongs to p_slice. It is one of transform blocks or of prediction blocks.
  uint8_t strength(size_t q, ptrdiff_t back, const SliceInfo* p_slice, uint8_t tu_edge) const {
    const uint8_t flags = picture_.flags[q];
    if (!p_slice) return 0;
    const size_t p = q - static_cast<size_t>(back);
    if (picture_.pred_mode[q] == PredMode::intra || picture_.pred_mode[p] == PredMode::intra) return 2;
    if ((flags & tu_edge) && ((flags | picture_.flags[p]) & kCellLumaCoded)) return 1;
    const MotionInfo& motion_q = picture_.motion[q];
    const MotionInfo& motion_p = picture_.motion[p];
    if (p_slice == slice_ && motion_p == motion_q) return 0;
    return motion_differs(EdgeMotion(motion_p, *p_slice), EdgeMotion(motion_q, *slice_)) ? 1 : 0;
  }

  Picture& picture_;
  int x0_, y0_, x1_ = 0, y1_ = 0;
  const SliceInfo* slice_;
};

}  // namespace

void derive_boundary_strength_row(Picture& picture, int ctb_y) {
  const Sps& sps = picture.sps();
  const int y = ctb_y << sps.log2_ctb_size;
  const int end_y = std::min(y + sps.ctb_size(), picture.height());
  const auto begin = static_cast<ptrdiff_t>(picture.cell(0, y));
  const auto end = begin + ptrdiff_t{(end_y - y + 3) / kCellSize} * picture.cell_stride();
  for (auto* strengths : {&picture.bs_ver, &picture.bs_hor}) {
    std::fill(strengths->begin() + begin, strengths->begin() + end, uint8_t{0});
  }
  for (int ctb_x = 0; ctb_x < sps.pic_width_in_ctbs(); ++ctb_x) {
    const int x = ctb_x << sps.log2_ctb_size;
    if (picture.slice_address[static_cast<size_t>(picture.layout().ctb_address(x, y))] < 0) continue;
    const CtbEdges edges(picture, ctb_x, ctb_y);
    if (!picture.slice_at(x, y).header.deblocking_filter_disabled_flag) edges.derive();
  }
}

}  // namespace inloop::hevc
