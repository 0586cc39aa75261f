// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/status.h"
#include "hevc/encoder/access_unit.h"
#include "hevc/encoder/hrd_messages.h"
#include "hevc/encoder/picture_request.h"
#include "hevc/encoder/picture_task.h"
#include "hevc/encoder/sequence.h"
#include "hevc/picture/picture_hash_writer.h"

namespace inloop::hevc {

// What accompanies a picture in the stream.
struct PictureFinish {
  bool parameter_sets = false;             // written before the picture
  std::vector<uint8_t> filter_parameters;  // payload of the filter's NAL unit; empty: no such unit
  std::optional<PictureMd5>
      shown_hash;  // of what is shown in the place of the picture, for a message of its own
};

// Codes a sequence of pictures. plan() hands out a task for each picture, which any thread may work on, and
// finish() takes it into the stream. plan() and finish() must be called in coding order and one at a time;
// the stream depends on that order and not on the threads.
class SequenceEncoder {
 public:
  // `pool` is the pool in which tasks are worked on, or null; it outlives the encoder and its tasks.
  static Status create(const SequenceConfig& config, ThreadPool* pool, std::unique_ptr<SequenceEncoder>& out);

  const Sequence& sequence() const { return *sequence_; }
  std::vector<uint8_t> parameter_set_nals() const;  // VPS, SPS and PPS in Annex B form

  // Makes the task of the next picture. Its references may still be in work, but all pictures that come
  // feedback_delay or more places before it in coding order must be finished. Nothing changes if it fails or if the
  // task is never finished.
  Status plan(PictureRequest request, std::shared_ptr<PictureTask>& task);

  // Writes the access unit of a complete task and keeps its picture as a reference. A task can be finished
  // only once.
  Status finish(PictureTask& task, const PictureFinish& how, std::vector<uint8_t>& access_unit);

 private:
  explicit SequenceEncoder(std::shared_ptr<Sequence> sequence);
  AccessUnit write_unit(const PictureTask& task, const PictureFinish& how) const;
  void keep(const PictureTask& task);
  void forget_dropped();
  bool find(int poc, Reference& found) const;
  bool usual_init_flag(int temporal_id) const;

  struct InitFlag {
    int64_t picture;  // in coding order
    bool flag;
  };

  std::shared_ptr<Sequence> sequence_;
  std::map<int, Reference> dpb_;                    // finished reference pictures by POC
  std::deque<std::weak_ptr<PictureTask>> in_work_;  // planned and not finished, in coding order
  int64_t finished_ = 0;                            // pictures
  std::deque<InitFlag>
      init_flags_[kMaxSubLayers];  // cabac_init_flag of the last pictures of each temporal layer
  std::optional<HrdMessages> hrd_;
};

}  // namespace inloop::hevc
