// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

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

namespace inloop::hevc {

// What accompanies a picture in the stream.
struct PictureFinish {
  bool parameter_sets = false;             // written before the picture
  std::vector<uint8_t> filter_parameters;  // payload of the filter's NAL unit; empty: no such unit
};

// Codes a sequence of pictures. plan() hands out a task for each picture, which any thread may work on, and
// finish() takes it into the stream. plan() and finish() must be called in coding order and one at a time;
// the stream depends on that order and not on the threads.
class SequenceEncoder {
 public:
  static Status create(const SequenceConfig& config, std::unique_ptr<SequenceEncoder>& out);

  const Sequence& sequence() const { return *sequence_; }
  std::vector<uint8_t> parameter_set_nals() const;  // VPS, SPS and PPS in Annex B form

  // Makes the task of the next picture. Nothing changes if it fails or if the task is never finished.
  Status plan(PictureRequest request, std::unique_ptr<PictureTask>& task) const;

  // Writes the access unit of a complete task and keeps its picture as a reference. A task can be finished
  // only once.
  Status finish(PictureTask& task, const PictureFinish& how, std::vector<uint8_t>& access_unit);

 private:
  explicit SequenceEncoder(std::shared_ptr<Sequence> sequence);
  AccessUnit write_unit(const PictureTask& task, const PictureFinish& how) const;
  void keep(const PictureTask& task);

  std::shared_ptr<Sequence> sequence_;
  std::map<int, Reference> dpb_;              // finished reference pictures by POC
  bool cabac_init_flag_[kMaxSubLayers] = {};  // that of the picture coded last in each temporal layer
  std::optional<HrdMessages> hrd_;
};

}  // namespace inloop::hevc
