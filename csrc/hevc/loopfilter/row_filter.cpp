// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/loopfilter/row_filter.h"

#include <algorithm>

#include "hevc/loopfilter/deblock.h"

namespace inloop::hevc {

RowFilter::RowFilter(const KernelTable& kernels, Picture& picture, bool hold, SaoBuffers& buffers)
    : kernels_(kernels),
      picture_(picture),
      hold_(hold),
      columns_(picture.sps().pic_width_in_ctbs()),
      decoded_(static_cast<size_t>(picture.sps().pic_height_in_ctbs())) {
  if (picture.sps().sao_enabled_flag) sao_.emplace(kernels, picture, buffers);
}

void RowFilter::advance() {
  const Sps& sps = picture_.sps();
  for (; next_ctb_y_ < sps.pic_height_in_ctbs() && decoded_[static_cast<size_t>(next_ctb_y_)] == columns_;
       ++next_ctb_y_) {
    picture_.coded_rows.publish(std::min((next_ctb_y_ + 1) << sps.log2_ctb_size, picture_.height()));
    if (!hold_) filter_behind(next_ctb_y_);
  }
}

// The last sample row of a row of CTBs must stay until intra prediction has used it for the CTBs below, and
// with it the 8 rows in which edges are filtered. Of what is deblocked then, the last 4 rows still change
// with the edge below, and SAO looks 2 rows (1 of chroma) further.
void RowFilter::filter_behind(int ctb_y) {
  constexpr int kEdgeDistance = 8;
  const Sps& sps = picture_.sps();
  const bool last = ctb_y + 1 == sps.pic_height_in_ctbs();
  derive_boundary_strength_row(picture_, ctb_y);
  const int end = last ? picture_.height() : ((ctb_y + 1) << sps.log2_ctb_size) - kEdgeDistance;
  deblock_rows(kernels_, picture_, deblocked_y_, end);
  deblocked_y_ = end;
  int final_y = last ? end : end - kEdgeDistance;
  if (sao_) {
    sao_->advance(final_y);
  } else if (!last) {
    final_y = end - kEdgeDistance / 2;
  }
  picture_.final_rows.publish(final_y);
}

void RowFilter::deblock_all() {
  derive_boundary_strength(picture_);
  deblock_picture(kernels_, picture_);
}

void RowFilter::finish() {
  if (sao_) sao_->advance(picture_.height());
  picture_.final_rows.publish(picture_.height());
}

}  // namespace inloop::hevc
