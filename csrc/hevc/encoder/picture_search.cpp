// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/encoder/picture_search.h"

#include <algorithm>
#include <utility>

#include "base/trace.h"
#include "hevc/encoder/search/prediction_replay.h"

namespace inloop::hevc {

// Searches rows in one thread.
class PictureSearch::RowSearch final : public Worker {
 public:
  explicit RowSearch(PictureSearch& all) : all_(all), state_(all.start_), search_(state_, all.planes_) {}

  Status begin_row(int ctb_y) override {
    if (all_.collocated_ && !all_.collocated_->coded_rows.wait(all_.end_of_row(ctb_y), all_.pool_))
      return Status::config("a reference picture was not coded");
    search_.begin_row(all_.row_contexts_[static_cast<size_t>(ctb_y)]);
    state_.qp_before_ctu = all_.guessed_qp_before(ctb_y);
    return {};
  }

  Status run(int ctb_x, int ctb_y) override {
    if (all_.cancelled_.load(std::memory_order_relaxed)) return Status::config("encoding was cancelled");
    const trace::Span span(trace::Part::ctu, ctb_y * all_.columns_ + ctb_x);
    CodedCtu& ctu = all_.row(ctb_y)[ctb_x];
    Picture& picture = state_.picture;
    picture.slice_address[static_cast<size_t>(ctb_y * all_.columns_ + ctb_x)] = 0;
    search_.search(ctb_x, ctb_y, ctu);
    state_.qp_before_ctu = qp_groups::last_qp(picture, ctu, ctb_x, ctb_y);
    if (picture.keep_filter_inputs) replay_prediction(state_, ctu, ctb_x, ctb_y);
    const auto below = static_cast<size_t>(ctb_y + 1);
    if (ctb_x == std::min(1, all_.columns_ - 1) && below < all_.row_contexts_.size())
      all_.row_contexts_[below] = search_.contexts();
    return {};
  }

 private:
  PictureSearch& all_;
  SearchState state_;
  CtuSearch search_;
};

PictureSearch::PictureSearch(const SearchState& start, const SearchPlanes& planes,
                             std::vector<CodedCtu>& ctus, RowsDone rows_done,
                             const std::atomic<bool>& cancelled, ThreadPool* pool)
    : start_(start),
      planes_(planes),
      ctus_(ctus),
      rows_done_(std::move(rows_done)),
      cancelled_(cancelled),
      pool_(pool),
      collocated_(start.collocated()),
      columns_(start.picture.sps().pic_width_in_ctbs()),
      row_contexts_(static_cast<size_t>(start.picture.sps().pic_height_in_ctbs())) {
  row_contexts_[0] = start.contexts;
}

Status PictureSearch::run() {
  return run_wavefront(*this, static_cast<int>(row_contexts_.size()), columns_, pool_);
}

std::unique_ptr<WavefrontWork::Worker> PictureSearch::make_worker() {
  return std::make_unique<RowSearch>(*this);
}

// Returns the first luma row below a row of CTUs.
int PictureSearch::end_of_row(int ctb_y) const {
  const Picture& picture = start_.picture;
  return std::min((ctb_y + 1) << picture.sps().log2_ctb_size, picture.height());
}

// Returns the QP that the last CU before a row has if it has a residual.
int PictureSearch::guessed_qp_before(int ctb_y) const {
  if (ctb_y == 0 || !start_.qp_map || restarts_qp()) return start_.slice.slice_qp;
  const Picture& picture = start_.picture;
  const int log2_size = qp_groups::log2_size(picture.sps(), picture.pps());
  const auto corner_of_group = [log2_size](int position) { return position >> log2_size << log2_size; };
  return start_.qp_map->mean(corner_of_group(picture.width() - 1), corner_of_group(end_of_row(ctb_y - 1) - 1),
                             1 << log2_size);
}

Status PictureSearch::end_row(int ctb_y) {
  const trace::Span span(trace::Part::rows, ctb_y);
  if (ctb_y > 0 && !restarts_qp()) {
    const int before =
        qp_groups::last_qp(start_.picture, row(ctb_y - 1)[columns_ - 1], columns_ - 1, ctb_y - 1);
    qp_groups::correct_row(start_.picture, row(ctb_y), ctb_y, guessed_qp_before(ctb_y), before);
  }
  return rows_done_(end_of_row(ctb_y));
}

}  // namespace inloop::hevc
