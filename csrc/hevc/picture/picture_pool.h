// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>

#include "base/recycler.h"
#include "hevc/picture/picture.h"
#include "hevc/syntax/parameter_set_store.h"

namespace inloop::hevc {

// Pictures whose memory is used again.
class PicturePool {
 public:
  // Needs Picture::reset_blocks() before use.
  std::shared_ptr<Picture> acquire(const PictureParameters& parameters);

 private:
  Recycler<Picture> recycler_{2 * kMaxDpbSize};
};

}  // namespace inloop::hevc
