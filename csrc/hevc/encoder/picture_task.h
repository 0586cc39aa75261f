// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <vector>

#include "base/status.h"
#include "hevc/encoder/picture_request.h"
#include "hevc/encoder/search/search_state.h"
#include "hevc/encoder/sequence.h"
#include "hevc/encoder/slice_setup.h"
#include "hevc/encoder/write/slice_writer.h"
#include "hevc/loopfilter/block_stage.h"
#include "hevc/loopfilter/executors.h"
#include "video/plane_io.h"

namespace inloop::hevc {

using InputPlane = video::RawPlane<const uint8_t>;

// One picture on its way through the encoder, with all of its state. Any number of tasks may be in work at
// the same time, each in one thread at a time. analyse() makes all decisions and reconstructs the picture up
// to the deblocking filter; complete() finishes the in-loop filters and writes the slice. Between the two calls the
// caller may run a neural filter and replace() the samples, or decide what complete() filters. Pictures that refer to this one may be in work already:
// they wait for its rows. SequenceEncoder creates tasks and takes them into the stream.
class PictureTask {
 public:
  // What the picture takes from the pictures coded before it; this is fixed when the task is created.
  struct Inputs {
    std::map<int, Reference> references;  // by POC; at least the references of the request
    bool cabac_init_flag = false;         // that of an earlier picture in the same temporal layer
  };
  PictureTask(std::shared_ptr<Sequence> sequence, PictureRequest request, const Inputs& inputs);
  // A task that is not complete leaves those who wait for its rows without them.
  ~PictureTask();
  PictureTask(const PictureTask&) = delete;
  PictureTask& operator=(const PictureTask&) = delete;

  // Copies the source. Its planes have the shown size; bit_depth may be smaller than that of the sequence, in
  // which case the samples are shifted up.
  Status load(const InputPlane source[3], int bit_depth);

  // May be called again with another quality when the result is not satisfactory. With `settled` it is the last
  // call, and nothing will be replaced: the in-loop filters follow the search, and rows are final as soon as they are
  // through, so that other pictures can go on.
  Status analyse(const PictureQuality& quality, bool settled = false);

  // These return the size in bits of the slice NAL unit as analysed, before SAO is decided, and an upper
  // bound for its whole access unit. Both are 0 unless the last call was a successful analyse().
  int64_t coded_bits() const;
  int64_t access_unit_bits() const;

  // Replaces the deblocked samples by planes of the coded size, after an analysis that was not settled. Where a
  // sample exceeds the bit depth, the call fails and the picture has to be analysed again.
  Status replace(const InputPlane planes[3]);

  // Makes all rows final, if analyse() has not done so, and writes the slice. `filter`, which may be null, works between
  // deblocking and the filters behind it, in threads of the pool, too; rows are final as soon as it and those are through.
  // It must be null after an analysis that was settled.
  Status complete(BlockStage* filter = nullptr);

  // Any thread may call this: analyse() ends soon with an error.
  void cancel() { cancelled_.store(true, std::memory_order_relaxed); }
  // The same for a picture that will not be completed: those who wait for its rows go on without them at once.
  void give_up() {
    cancel();
    fail_rows();
  }

  const Sequence& sequence() const { return *sequence_; }
  const PictureRequest& request() const { return request_; }
  bool is_complete() const { return stage_ >= Stage::complete; }

  // The picture is deblocked after analyse() and final after complete().
  const std::shared_ptr<Picture>& picture() const { return picture_; }
  // What other pictures see of it, from the beginning; they wait for its rows.
  Reference reference() const { return {picture_, plane_, request_.slice_type == SliceType::i}; }
  // Returns the source, padded to the coded size. It stays valid until another source is loaded.
  std::shared_ptr<const Frame> source() const { return {buffers_, &buffers_->source}; }

  // Returns, for each of the three planes, the sum of squared errors against the source over the shown size.
  // `shown` is nullptr for the planes of the picture itself, or gives other planes of at least the shown
  // size.
  std::array<int64_t, 3> squared_errors(const InputPlane* shown) const;

  // SequenceEncoder calls this when the picture goes into the stream. It is an error before complete() and on
  // the second call.
  Status finish();

  // These are valid after complete().
  const WrittenSlice& slice() const { return written_; }
  bool cabac_init_flag() const { return setup_.header.cabac_init_flag; }
  const std::vector<int>& kept() const { return setup_.kept; }

 private:
  enum class Stage { planned, loaded, analysed, complete, finished };

  class FailingRows;
  struct LastStages;

  void start_picture();
  SearchState start_search(const PictureQuality& quality);
  Status search(const SearchState& start, RowExecutor& filters, bool settled);
  Status finish_rows(BlockStage* filter);
  void fail_rows();
  void write_smaller_slice();

  std::shared_ptr<Sequence> sequence_;
  PictureRequest request_;
  SliceSetup setup_;
  std::shared_ptr<PictureBuffers> buffers_;
  Stage stage_ = Stage::planned;
  const std::shared_ptr<Picture> picture_;
  const std::shared_ptr<SearchPlane> plane_;  // null if no picture may refer to this one
  bool settled_ = false;                      // whether the last analysis was
  std::unique_ptr<LastStages> last_stages_;   // of an analysis
  std::atomic<bool> cancelled_{false};
  WrittenSlice written_;
};

}  // namespace inloop::hevc
