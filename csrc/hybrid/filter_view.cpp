// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hybrid/filter_view.h"

#include <algorithm>

namespace inloop::hybrid {

FilterView::FilterView(const hevc::Picture& picture, const hevc::Frame& deblocked)
    : picture_(picture), pred_type_(picture.width(), picture.height(), 0) {
  view_.rec = picture.rec_unfiltered.views();
  view_.dbf = deblocked.views();
  view_.pred = picture.pred.views();
  view_.bs_ver = picture.bs_ver.view(picture.width(), picture.height());
  view_.bs_hor = picture.bs_hor.view(picture.width(), picture.height());
  view_.qp = picture.qp_y.view(picture.width(), picture.height());
  view_.pred_type = pred_type_.view(picture.width(), picture.height());
  if (!picture.slices.empty()) {
    view_.slice_qp = picture.slices[0]->header.slice_qp;
    view_.intra = picture.slices[0]->header.slice_type == hevc::SliceType::i;
  }
  view_.bit_depth = picture.sps().bit_depth_luma;
}

void FilterView::fill(int end_y) {
  const size_t end = std::min(picture_.cell(0, end_y), pred_type_.size());
  for (; filled_ < end; ++filled_) {
    const bool inter = picture_.pred_mode[filled_] == hevc::PredMode::inter;
    pred_type_[filled_] = !inter ? 0 : picture_.motion[filled_].is_bi() ? 2 : 1;
  }
}

}  // namespace inloop::hybrid
