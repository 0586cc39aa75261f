// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <vector>

#include "base/isa.h"
#include "base/recycler.h"
#include "base/status.h"
#include "base/thread_pool.h"
#include "hevc/decoder/slice_decoder.h"
#include "hevc/loopfilter/picture_stage.h"
#include "hevc/loopfilter/sao.h"
#include "hevc/picture/decoded_picture_buffer.h"
#include "hevc/picture/picture_hash.h"

namespace inloop::hevc {

// What a neural filter reads besides the deblocked picture.
struct FilterInputs {
  Frame rec_unfiltered, pred;
};

// Memory that jobs reuse one after the other.
struct JobMemory {
  Recycler<SaoBuffers> sao{8};
  Recycler<FilterInputs> filter_inputs{8};
  Recycler<PackedPicture> packed{8};
};

// One picture to decode, with everything that its NAL units say, so that any thread can do the work. run()
// waits for rows of its references, so the jobs of these must have started.
class PictureJob {
 public:
  struct Segment {
    SliceHeader header;
    std::shared_ptr<const RefLists> refs;  // reference lists of its slice
    uint16_t slice_index = 0;              // index of its slice in picture->slices
    std::vector<uint8_t> rbsp;             // the NAL unit with its padding
    size_t begin = 0, end = 0;             // range of the slice segment data in rbsp
  };

  // These are set before run().
  std::shared_ptr<Picture> picture;
  std::vector<Segment> segments;
  std::unique_ptr<PictureStage::Task> stage_task;
  PictureHashes hashes;
  // What becomes outcome->packed, with room for the picture; may be null.
  std::shared_ptr<PackedPicture> packed;
  // An error was found before the end of the picture. It is decoded anyway, as its data may hold an earlier
  // error.
  bool abandoned = false;
  // Pictures that wait for output and are shown if this picture fails.
  std::vector<DecodedPicture> shown_on_failure;

  // Decodes and filters the picture. `pool` is the pool whose thread this is, or null outside a pool;
  // `cancelled` says that the result is not wanted any more.
  void run(Isa isa, ThreadPool* pool, const std::atomic<bool>& cancelled, JobMemory& memory);

  bool is_done() const { return done_.load(std::memory_order_acquire); }
  void wait() const { done_.wait(false, std::memory_order_acquire); }
  // The status is valid once the job is done.
  const Status& status() const { return status_; }
  bool has_thrown() const { return thrown_ != nullptr; }
  // For the caller's thread: what decoding threw, if it did (no memory).
  void rethrow() const {
    if (thrown_) std::rethrow_exception(thrown_);
  }
  // The object exists from the start and is filled once the job is done.
  const std::shared_ptr<PictureOutcome>& outcome() const { return outcome_; }

 private:
  Status decode(Isa isa, ThreadPool* pool, const std::atomic<bool>& cancelled, JobMemory& memory);
  Status decode_segments(RowFilter& filter, Isa isa, ThreadPool* pool, const std::atomic<bool>& cancelled);
  Status decode_filtered(Isa isa, ThreadPool* pool, const std::atomic<bool>& cancelled, JobMemory& memory);
  Status check_complete() const;

  std::shared_ptr<PictureOutcome> outcome_ = std::make_shared<PictureOutcome>();
  Status status_;
  std::exception_ptr thrown_;
  std::atomic<bool> done_{false};
};

}  // namespace inloop::hevc
