// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/loopfilter/row_filter.h"

#include <algorithm>
#include <utility>

namespace inloop::hevc {

RowFilter::RowFilter(Picture& picture, Stages stages, ThreadPool* pool)
    : picture_(picture),
      before_(std::move(stages.before), picture.height()),
      after_(std::move(stages.after), picture.height()),
      following_(stages.following ? LoopStages{stages.following} : LoopStages{}, picture.height()),
      columns_(picture.sps().pic_width_in_ctbs()),
      decoded_(static_cast<size_t>(picture.sps().pic_height_in_ctbs())) {
  if (!stages.blocks) return;
  blocks_.emplace(*stages.blocks, picture.height(), pool, [this](int rows) -> Status {
    INLOOP_RETURN_IF_ERROR(after_.advance(rows));
    return release(after_.finished_rows());
  });
}

Status RowFilter::release(int rows) {
  picture_.final_rows.publish(rows);
  return following_.advance(rows);
}

void RowFilter::advance() {
  const Sps& sps = picture_.sps();
  for (; next_ctb_y_ < sps.pic_height_in_ctbs() && decoded_[static_cast<size_t>(next_ctb_y_)] == columns_;
       ++next_ctb_y_) {
    const int rows = std::min((next_ctb_y_ + 1) << sps.log2_ctb_size, picture_.height());
    picture_.coded_rows.publish(rows);
    if (!status_.ok()) continue;
    status_ = before_.advance(rows);
    if (!status_.ok()) continue;
    if (blocks_)
      blocks_->advance(before_.finished_rows());
    else
      status_ = release(before_.finished_rows());
  }
}

Status RowFilter::finish() { return status_.ok() && blocks_ ? blocks_->finish() : status_; }

}  // namespace inloop::hevc
