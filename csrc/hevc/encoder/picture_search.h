// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "hevc/encoder/search/ctu_search.h"
#include "hevc/encoder/wavefront.h"

namespace inloop::hevc {

// Searches all CTUs of a picture, as many rows at a time as there are threads for. The result does not depend on them:
// each row starts from the contexts of the row above after its second CTU, and without the motion found in other rows.
// Entropy coding goes through the rows one after the other, though, so that contexts are not those that the writer will
// have, and the QP before a row is a guess that is corrected when the rows above are done.
class PictureSearch final : private WavefrontWork {
 public:
  // Called when the first `rows` luma rows are searched, with one call at a time and in any thread.
  using RowsDone = std::function<Status(int rows)>;

  // `start` is the state before the first CTU. `cancelled` may become true, which ends the search with an error. The
  // threads of `pool`, which may be null, take part.
  PictureSearch(const SearchState& start, const SearchPlanes& planes, std::vector<CodedCtu>& ctus,
                RowsDone rows_done, const std::atomic<bool>& cancelled, ThreadPool* pool);

  Status run();

 private:
  class RowSearch;

  std::unique_ptr<Worker> make_worker() override;
  Status end_row(int ctb_y) override;
  CodedCtu* row(int ctb_y) const { return ctus_.data() + ctb_y * columns_; }
  int end_of_row(int ctb_y) const;
  int guessed_qp_before(int ctb_y) const;
  // Whether the QP of the slice precedes each row, as in the wavefront syntax.
  bool restarts_qp() const { return start_.picture.pps().entropy_coding_sync_enabled_flag; }

  const SearchState& start_;
  const SearchPlanes& planes_;
  std::vector<CodedCtu>& ctus_;
  const RowsDone rows_done_;
  const std::atomic<bool>& cancelled_;
  ThreadPool* const pool_;
  const Picture* const collocated_;       // whose motion this picture reads, or null
  const int columns_;                     // of CTUs
  std::vector<ContextSet> row_contexts_;  // with which the search of each row of CTUs begins
};

}  // namespace inloop::hevc
