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

// What a picture has with it in the stream.
struct PictureFinish {
  bool parameter_sets = false;             // in front of it
  std::vector<uint8_t> filter_parameters;  // content of their NAL unit; empty: none
};

// Codes a sequence of pictures: plan() hands out a task for each picture, which any thread may work on, and
// finish() takes it into the stream. plan() and finish() are called in coding order, one at a time; a stream
// depends on their order and on nothing else.
class SequenceEncoder {
 public:
  static Status create(const SequenceConfig& config, std::unique_ptr<SequenceEncoder>& out);

  const Sequence& sequence() const { return *sequence_; }
  std::vector<uint8_t> parameter_set_nals() const;  // VPS, SPS, PPS in Annex B form

  // Nothing changes where the result is an error, or where the task is never finished.
  Status plan(PictureRequest request, std::unique_ptr<PictureTask>& task) const;

  // Keeps the picture of a complete task as a reference and writes its access unit; once a task.
  Status finish(PictureTask& task, const PictureFinish& how, std::vector<uint8_t>& access_unit);

 private:
  explicit SequenceEncoder(std::shared_ptr<Sequence> sequence);
  AccessUnit write_unit(const PictureTask& task, const PictureFinish& how) const;
  void keep(const PictureTask& task);

  std::shared_ptr<Sequence> sequence_;
  std::map<int, Reference> dpb_;              // finished reference pictures by POC
  bool cabac_init_flag_[kMaxSubLayers] = {};  // of the picture coded last in each sub-layer
  std::optional<HrdMessages> hrd_;
};

}  // namespace inloop::hevc
