// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/block/temporal_mv.h"

#include <cstdlib>

namespace inloop::hevc {
namespace {

int16_t scale_component(int factor, int component) {
  const int product = factor * component;
  const int rounded = (std::abs(product) + 127) >> 8;
  return static_cast<int16_t>(clip3(-32768, 32767, product < 0 ? -rounded : rounded));
}

// NoBackwardPredFlag: returns whether no reference of the slice follows the current picture in output order.
bool no_backward_prediction(const MotionContext& context) {
  for (int list = 0; list < 2; ++list) {
    for (int i = 0; i < context.refs->num[list]; ++i) {
      if (context.refs->pic[list][i]->poc > context.picture->poc) return false;
    }
  }
  return true;
}

// Takes the motion of the collocated block that covers (x, y), after its compression to 16x16 (8.5.3.2.9).
bool collocated_mv(const MotionContext& context, int x, int y, int list, int ref_idx, Mv& mv) {
  const Picture& col = *context.collocated;
  x &= ~15;
  y &= ~15;
  const size_t cell = col.cell(x, y);
  if (col.pred_mode[cell] != PredMode::inter) return false;
  const MotionInfo& motion = col.motion[cell];
  int col_list = motion.uses(0) ? 0 : 1;
  if (motion.is_bi()) {
    col_list = no_backward_prediction(context) ? list : context.slice->collocated_from_l0_flag;
  }
  const int col_ref = motion.ref_idx[col_list];
  if (col_ref < 0) return false;
  const SliceInfo& col_slice = col.slice_at(x, y);
  const bool long_term = context.refs->is_long_term[list][ref_idx];
  if (long_term != col_slice.ref_is_long_term[col_list][col_ref]) return false;
  mv = motion.mv[col_list];
  if (long_term) return true;
  mv = scale_mv(mv, col.poc - col_slice.ref_poc[col_list][col_ref],
                context.picture->poc - context.refs->pic[list][ref_idx]->poc);
  return true;
}

}  // namespace

Mv scale_mv(Mv mv, int poc_diff_of_mv, int poc_diff_wanted) {
  // A distance of zero occurs only in damaged streams.
  if (poc_diff_of_mv == poc_diff_wanted || poc_diff_of_mv == 0) return mv;
  const int td = clip3(-128, 127, poc_diff_of_mv);
  const int tb = clip3(-128, 127, poc_diff_wanted);
  const int tx = (16384 + (std::abs(td) >> 1)) / td;
  const int factor = clip3(-4096, 4095, (tb * tx + 32) >> 6);
  return {scale_component(factor, mv.x), scale_component(factor, mv.y)};
}

bool temporal_mv(const MotionContext& context, int x, int y, int width, int height, int list, int ref_idx,
                 Mv& mv) {
  if (!context.collocated) return false;
  const Picture& picture = *context.picture;
  const Picture& col = *context.collocated;
  // Only in a damaged stream.
  if (col.width() != picture.width() || col.height() != picture.height()) return false;
  const int log2_ctb = picture.sps().log2_ctb_size;
  const int right = x + width, below = y + height;
  // The bottom right block must lie in the same row of CTBs, so that a decoder never needs motion of the row
  // below.
  if (y >> log2_ctb == below >> log2_ctb && right < picture.width() && below < picture.height() &&
      collocated_mv(context, right, below, list, ref_idx, mv)) {
    return true;
  }
  return collocated_mv(context, x + (width >> 1), y + (height >> 1), list, ref_idx, mv);
}

}  // namespace inloop::hevc
