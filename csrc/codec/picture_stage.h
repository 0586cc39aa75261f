// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "base/status.h"
#include "codec/picture.h"

namespace inloop::codec {

// A step between deblocking and SAO that the codec knows nothing about (the neural filter is one). The
// decoder calls it once a picture for which `payloads` is not empty.
class PictureStage {
 public:
  virtual ~PictureStage() = default;

  // payloads: contents of the picture's NAL units of type nnlf_params (without NAL header and emulation
  // prevention). picture.rec holds the deblocked signal, rec_unfiltered and pred the other inputs. In loop
  // mode the stage replaces picture.rec; in post mode it leaves it alone and fills `shown`, which is output
  // instead.
  virtual Status run(const std::vector<std::vector<uint8_t>>& payloads, Picture& picture, Frame& shown) = 0;
};

}  // namespace inloop::codec
