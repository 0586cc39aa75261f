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

// Creates stages for in-loop filters that the codec knows nothing about, such as the neural filter, for the
// pictures of a stream.
class PictureStage {
 public:
  struct Stages {
    LoopStage* passing = nullptr;  // sees the deblocked rows as they pass and leaves them as they are
    BlockStage* loop = nullptr;    // works between deblocking and SAO and may replace rows of picture.rec
    // Works once the picture is final, when other pictures may already refer to it. It may change only `shown`.
    BlockStage* behind = nullptr;
  };

  // Filters one picture. Tasks of several pictures may run at the same time, in any order and thread.
  class Task {
   public:
    virtual ~Task() = default;

    // Prepares the stages before any row is decoded. They belong to the task and live as long as it does.
    // Besides picture.rec they can read the rows before deblocking in rec_unfiltered and the prediction in
    // pred. If `shown` is not empty in the end, it is output instead of the picture.
    virtual Stages begin(Picture& picture, Frame& shown) = 0;

    // Whether the stages compare the picture with a hash of their own, so that one which is not as it should be fails.
    virtual bool checks_hash() const = 0;
  };

  virtual ~PictureStage() = default;

  // Announces the next picture in decoding order. `payloads` are the contents of its NAL units of type
  // nnlf_params, without NAL unit header and emulation prevention. `task` receives what has to run for the
  // picture, or null; it must not outlive this object.
  virtual Status begin_picture(const std::vector<std::vector<uint8_t>>& payloads,
                               const SliceHeader& first_slice, const Sps& sps,
                               std::unique_ptr<Task>& task) = 0;

  // How many payloads were none of its own: others use the type, too.
  virtual uint64_t foreign_messages() const = 0;
};

}  // namespace inloop::hevc
