// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "base/status.h"
#include "codec/picture.h"

namespace inloop::codec {

// A step between deblocking and SAO that the codec knows nothing about (the neural filter is one).
class PictureStage {
 public:
  virtual ~PictureStage() = default;

  // Announces the next picture in decoding order. payloads: contents of its NAL units of type nnlf_params
  // (without NAL header and emulation prevention). wanted: whether run() is to be called for it.
  virtual Status begin_picture(const std::vector<std::vector<uint8_t>>& payloads,
                               const SliceHeader& first_slice, const Sps& sps, bool& wanted) = 0;

  // Filters the picture that was announced last. picture.rec holds the deblocked signal, rec_unfiltered and
  // pred the other inputs. In loop mode the stage replaces picture.rec; in post mode it leaves it alone and
  // fills `shown`, which is output instead.
  virtual Status run(Picture& picture, Frame& shown) = 0;
};

}  // namespace inloop::codec
