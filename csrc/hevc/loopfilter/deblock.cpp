// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/loopfilter/deblock.h"

#include <algorithm>

#include "hevc/loopfilter/boundary_strength.h"
#include "hevc/loopfilter/marked_cells.h"

namespace inloop::hevc {
namespace {

// Beta and tc (Table 8-11), by QP.
constexpr uint8_t kBeta[52] = {0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  6,  7,
                               8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 20, 22, 24, 26, 28, 30, 32,
                               34, 36, 38, 40, 42, 44, 46, 48, 50, 52, 54, 56, 58, 60, 62, 64};
constexpr uint8_t kTc[54] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  0,  0,  0,  0,  0,  0,  0,  0,
                             1, 1, 1, 1, 1, 1, 1, 1, 1, 2,  2,  2,  2,  3,  3,  3,  3,  4,
                             4, 4, 5, 5, 6, 6, 7, 8, 9, 10, 11, 13, 14, 16, 18, 20, 22, 24};

// Table 8-10 without QpBdOffset, because the chroma QP of an edge is in the range of 8-bit video.
int chroma_table(int qp) {
  constexpr uint8_t kMiddle[13] = {29, 30, 31, 32, 33, 33, 34, 34, 35, 35, 36, 36, 37};
  return qp < 30 ? qp : qp >= 43 ? qp - 6 : kMiddle[qp - 30];
}

class Deblocker {
 public:
  Deblocker(const KernelTable& kernels, Picture& picture) : kernels_(kernels), picture_(picture) {
    if (picture.pps().transquant_bypass_enabled_flag) kept_ |= kCellBypass;
    if (picture.sps().pcm_enabled_flag && picture.sps().pcm_loop_filter_disabled_flag) kept_ |= kCellPcm;
  }

  void vertical_edges(int y) { filter_row(picture_.bs_ver, y, 1, true); }

  void horizontal_edges(int y) {
    if (y > 0) filter_row(picture_.bs_hor, y, static_cast<size_t>(picture_.cell_stride()), false);
  }

 private:
  // Filters the edges of one row of cells; `back` leads to the cell on the other side of an edge.
  void filter_row(const Grid<uint8_t>& strengths, int y, size_t back, bool vertical) {
    const size_t first = picture_.cell(0, y);
    for_each_marked(strengths.data() + first, picture_.cell_stride(), 0xff, [&](int i) {
      const size_t q = first + static_cast<size_t>(i);
      filter(i * kCellSize, y, q, q - back, strengths[q], vertical);
    });
  }

  // Filters the edge segment of 4 samples at (x, y) between cells p and q.
  void filter(int x, int y, size_t q, size_t p, int strength, bool vertical) {
    const SliceHeader& slice = picture_.slice_at(x, y).header;
    const bool no_p = picture_.flags[p] & kept_;
    const bool no_q = picture_.flags[q] & kept_;
    const int qp = (picture_.qp_y[q] + picture_.qp_y[p] + 1) >> 1;
    filter_luma(x, y, qp, strength, slice, no_p, no_q, vertical);
    if (strength == 2 && ((vertical ? x : y) & 15) == 0) {
      filter_chroma(x / 2, y / 2, qp, slice, no_p, no_q, vertical);
    }
  }

  void filter_luma(int x, int y, int qp, int strength, const SliceHeader& slice, bool no_p, bool no_q,
                   bool vertical) {
    const int bit_depth = picture_.sps().bit_depth_luma;
    const int scale = 1 << (bit_depth - 8);
    const int beta = kBeta[std::clamp(qp + 2 * slice.beta_offset_div2, 0, 51)] * scale;
    const int tc = kTc[std::clamp(qp + 2 * (strength - 1) + 2 * slice.tc_offset_div2, 0, 53)] * scale;
    if (beta == 0 || tc == 0) return;
    Plane<Sample>& plane = picture_.rec.planes[0];
    kernels_.deblock_luma(&plane.at(x, y), vertical ? 1 : plane.stride(), vertical ? plane.stride() : 1, beta,
                          tc, no_p, no_q, bit_depth);
  }

  void filter_chroma(int x, int y, int qp, const SliceHeader& slice, bool no_p, bool no_q, bool vertical) {
    const int bit_depth = picture_.sps().bit_depth_chroma;
    for (int c_idx = 1; c_idx < 3; ++c_idx) {
      const int qp_c = chroma_table(qp + picture_.pps().qp_offset(c_idx));
      const int tc = kTc[std::clamp(qp_c + 2 + 2 * slice.tc_offset_div2, 0, 53)] << (bit_depth - 8);
      if (tc == 0) continue;
      Plane<Sample>& plane = picture_.rec.planes[c_idx];
      kernels_.deblock_chroma(&plane.at(x, y), vertical ? 1 : plane.stride(), vertical ? plane.stride() : 1,
                              tc, no_p, no_q, bit_depth, kCellSize / 2);
    }
  }

  const KernelTable& kernels_;
  Picture& picture_;
  uint8_t kept_ = 0;  // cells with one of these flags keep their samples
};

}  // namespace

Status Deblocking::run(int /*y*/, int end_y) {
  const Sps& sps = picture_.sps();
  const int end_edge_y = std::min(end_y + kEdgeReach, picture_.height());
  for (; next_ctb_y_ << sps.log2_ctb_size < end_edge_y; ++next_ctb_y_) {
    derive_boundary_strength_row(picture_, next_ctb_y_);
  }
  // A horizontal edge at y changes rows y - 3 to y + 2 and reads rows y - 4 to y + 3. Going down 8 rows at a
  // time, with vertical edges first, therefore gives the same result as all vertical edges before all
  // horizontal ones.
  Deblocker deblocker(kernels_, picture_);
  for (; next_edge_y_ < end_edge_y; next_edge_y_ += kEdgeDistance) {
    deblocker.vertical_edges(next_edge_y_);
    if (next_edge_y_ + kCellSize < picture_.height()) deblocker.vertical_edges(next_edge_y_ + kCellSize);
    deblocker.horizontal_edges(next_edge_y_);
  }
  return {};
}

}  // namespace inloop::hevc
