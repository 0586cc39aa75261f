// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/status.h"
#include "hevc/loopfilter/block_stage.h"
#include "hevc/loopfilter/loop_stage.h"
#include "hevc/picture/picture.h"

namespace inloop::hevc {

// In-loop filters that the codec knows nothing about (the neural filter is one): what makes their stages for
// the pictures of a stream.
class PictureStage {
 public:
  struct Stages {
    LoopStage* passing = nullptr;  // It sees the deblocked rows as they pass and leaves them as they are.
    BlockStage* loop = nullptr;    // It works between deblocking and SAO and may replace rows of picture.rec.
    // It works once the picture is final, when others refer to it already, and may change `shown` alone.
    BlockStage* behind = nullptr;
  };

  // The filtering of one picture. Those of several pictures may run at the same time, in any order and thread.
  class Task {
   public:
    virtual ~Task() = default;

    // The first step, before any row is there: prepares the stages, which belong to the task and last as long
    // as it does. Besides picture.rec they find the rows before deblocking in rec_unfiltered and the
    // prediction in pred. What is in `shown` in the end, if anything, is output instead of the picture.
    virtual Stages begin(Picture& picture, Frame& shown) = 0;
  };

  virtual ~PictureStage() = default;

  // Announces the next picture in decoding order. payloads: contents of its NAL units of type nnlf_params
  // (without NAL header and emulation prevention). task: what is to run for it, null for nothing; it must not
  // outlive this object.
  virtual Status begin_picture(const std::vector<std::vector<uint8_t>>& payloads,
                               const SliceHeader& first_slice, const Sps& sps,
                               std::unique_ptr<Task>& task) = 0;
};

}  // namespace inloop::hevc
