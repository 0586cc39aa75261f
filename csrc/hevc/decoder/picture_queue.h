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

// Pictures on their way from the slice headers to the output: runs their jobs, several at a time, and lets
// pictures out in the order in which the decoded picture buffer named them, once it is sure that no picture
// before fails. So what comes out does not depend on the number of threads, damaged stream or not.
class PictureQueue {
 public:
  // pool: where pictures are worked on; it must outlive the queue. Null, or one without threads: the work is
  // done inside submit().
  PictureQueue(ThreadPool* pool, IsaLevel isa);
  ~PictureQueue();

  // The next picture in decoding order; collect() is due before another one.
  void submit(std::shared_ptr<PictureJob> job);

  // The next pictures in output order, as far as the submitted pictures decide it.
  void show(std::vector<DecodedPicture> pictures);

  // Takes note of finished jobs; waits for all if asked, else until there is room for another one. Returns
  // the error of the first picture in decoding order that failed; the pictures shown are then those that came
  // out before it and those that waited, the rest is dropped.
  Status collect(bool wait_for_all);

  // Forgets the jobs; their results are not wanted.
  void cancel();

  std::vector<DecodedPicture> take_output() { return std::exchange(output_, {}); }

 private:
  struct Shown {
    DecodedPicture picture;
    uint64_t needs;  // jobs that must have succeeded
  };
  void release();
  Status collect_first();

  const IsaLevel isa_;
  size_t most_of_any_size_ = 1, most_under_way_ = 1;
  std::deque<std::shared_ptr<PictureJob>> under_way_;
  uint64_t submitted_ = 0, succeeded_ = 0;
  std::deque<Shown> shown_;
  std::vector<DecodedPicture> output_;
  std::atomic<bool> cancelled_{false};
  JobMemory memory_;
  ThreadPool* pool_;
};

}  // namespace inloop::hevc
