// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/picture/picture.h"

#include <algorithm>

namespace inloop::hevc {

Picture::Picture(ActiveParameters parameters, std::shared_ptr<const CodingLayout> layout)
    : parameters_(std::move(parameters)), layout_(std::move(layout)), cell_stride_((width() + 3) / 4) {
  const auto ctbs = static_cast<size_t>(sps().pic_size_in_ctbs());
  rec = Frame(width(), height());
  pred_mode = {width(), height(), PredMode::none};
  flags = {width(), height(), 0};
  intra_mode = {width(), height(), kIntraDc};
  cqt_depth = {width(), height(), 0};
  qp_y = {width(), height(), 0};
  motion = {width(), height(), MotionInfo{}};
  bs_ver = {width(), height(), 0};
  bs_hor = {width(), height(), 0};
  slice_address.assign(ctbs, -1);
  ctb_slice.assign(ctbs, 0);
  for (auto& component : sao) component.assign(ctbs, SaoParams{});
}

Picture::Picture(const Picture& current, int missing_poc)
    : poc(missing_poc),
      parameters_(current.parameters_),
      layout_(current.layout_),
      cell_stride_(current.cell_stride_) {
  coded_rows.fail();
  final_rows.fail();
}

std::shared_ptr<const Picture> Picture::missing(const Picture& current, int poc) {
  return std::shared_ptr<const Picture>(new Picture(current, poc));
}

void Picture::reset() {
  slices.clear();
  pred = {};
  rec_unfiltered = {};
  keep_filter_inputs = false;
  is_long_term = false;
  is_reference = true;
  coded_rows.reset();
  final_rows.reset();
}

void Picture::reset_blocks() {
  intra_mode.fill(kIntraDc);
  std::fill(slice_address.begin(), slice_address.end(), -1);
  for (auto& component : sao) std::fill(component.begin(), component.end(), SaoParams{});
}

bool Picture::available(int xc, int yc, int xn, int yn) const {
  if (xn < 0 || yn < 0 || xn >= width() || yn >= height()) return false;
  if (layout_->z_order(xn, yn) > layout_->z_order(xc, yc)) return false;
  const int current = layout_->ctb_address(xc, yc);
  const int neighbour = layout_->ctb_address(xn, yn);
  return slice_address[static_cast<size_t>(neighbour)] == slice_address[static_cast<size_t>(current)] &&
         layout_->tile_id_rs(neighbour) == layout_->tile_id_rs(current);
}

}  // namespace inloop::hevc
