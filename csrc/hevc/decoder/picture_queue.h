// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "base/isa.h"
#include "base/status.h"
#include "base/thread_pool.h"
#include "hevc/decoder/picture_job.h"
#include "hevc/picture/decoded_picture_buffer.h"

namespace inloop::hevc {

// Holds pictures on their way from the slice headers to the output. It runs their jobs, several at a time,
// and releases pictures in the order in which the decoded picture buffer named them, each once no picture
// before it can fail any more. The output therefore does not depend on the number of threads, even for a
// damaged stream.
class PictureQueue {
 public:
  // pool: where pictures are worked on; it must outlive the queue. Null, or one without threads: the work is
  // done inside submit().
  // keep_going: a picture that fails is not shown, and the others go on; those that need it fail, too.
  PictureQueue(ThreadPool* pool, Isa isa, bool keep_going);
  ~PictureQueue();

  // Adds the next picture in decoding order; collect() must be called before the next submit().
  // pack: whether to fill its outcome's `packed`, if it has 8 bits.
  void submit(std::shared_ptr<PictureJob> job, bool pack = false);

  // Adds the next pictures in output order, as far as the submitted pictures determine it.
  void show(std::vector<DecodedPicture> pictures);

  // Handles finished jobs. Waits for all jobs if asked to, otherwise until there is room for another one.
  // Returns the error of the first picture in decoding order that failed; the output then ends with the
  // pictures before it and those that waited for output, and everything else is dropped.
  Status collect(bool wait_for_all);

  // Drops the jobs, whose results are not wanted.
  void cancel();

  std::vector<DecodedPicture> take_output() { return std::exchange(output_, {}); }

  // With keep_going: how many pictures failed, and what was wrong with the first.
  uint64_t lost() const { return lost_; }
  const Status& first_loss() const { return first_loss_; }

 private:
  struct Shown {
    DecodedPicture picture;
    uint64_t needs;  // jobs that must be settled
  };
  void release();
  Status collect_first();

  const Isa isa_;
  size_t most_of_any_size_ = 1, most_under_way_ = 1;
  std::deque<std::shared_ptr<PictureJob>> under_way_;
  uint64_t submitted_ = 0, settled_ = 0, lost_ = 0;
  const bool keep_going_;
  Status first_loss_;
  std::deque<Shown> shown_;
  std::vector<DecodedPicture> output_;
  std::atomic<bool> cancelled_{false};
  JobMemory memory_;
  ThreadPool* pool_;
};

}  // namespace inloop::hevc
