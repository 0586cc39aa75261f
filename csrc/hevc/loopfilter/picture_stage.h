// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/status.h"
#include "hevc/picture/picture.h"

namespace inloop::hevc {

// A step between deblocking and SAO that the codec knows nothing about (the neural filter is one).
class PictureStage {
 public:
  // The step for one picture. Those of several pictures may run at the same time, in any order and thread.
  class Task {
   public:
    virtual ~Task() = default;

    // picture.rec holds the deblocked signal, rec_unfiltered and pred the other inputs. In loop mode the task
    // replaces picture.rec; in post mode it leaves it alone and fills `shown`, which is output instead.
    virtual Status run(Picture& picture, Frame& shown) = 0;

    // Behind SAO, where `shown` was filled: areas that the task did not change are those of picture.rec.
    virtual void finish(const Picture& picture, Frame& shown) = 0;
  };

  virtual ~PictureStage() = default;

  // Announces the next picture in decoding order. payloads: contents of its NAL units of type nnlf_params
  // (without NAL header and emulation prevention). task: what is to run for it, null for nothing; it must not
  // outlive the stage.
  virtual Status begin_picture(const std::vector<std::vector<uint8_t>>& payloads,
                               const SliceHeader& first_slice, const Sps& sps,
                               std::unique_ptr<Task>& task) = 0;
};

}  // namespace inloop::hevc
