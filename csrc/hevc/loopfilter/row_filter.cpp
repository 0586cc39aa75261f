// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/loopfilter/row_filter.h"

#include <algorithm>
#include <utility>

namespace inloop::hevc {

RowFilter::RowFilter(Picture& picture, LoopStages stages)
    : picture_(picture),
      executor_(std::move(stages), picture.height()),
      columns_(picture.sps().pic_width_in_ctbs()),
      decoded_(static_cast<size_t>(picture.sps().pic_height_in_ctbs())) {}

void RowFilter::advance() {
  const Sps& sps = picture_.sps();
  for (; next_ctb_y_ < sps.pic_height_in_ctbs() && decoded_[static_cast<size_t>(next_ctb_y_)] == columns_;
       ++next_ctb_y_) {
    const int rows = std::min((next_ctb_y_ + 1) << sps.log2_ctb_size, picture_.height());
    picture_.coded_rows.publish(rows);
    if (!status_.ok()) continue;
    status_ = executor_.advance(rows);
    if (status_.ok()) picture_.final_rows.publish(executor_.finished_rows());
  }
}

}  // namespace inloop::hevc
