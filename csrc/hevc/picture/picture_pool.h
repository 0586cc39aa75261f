// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>

#include "base/recycler.h"
#include "hevc/picture/picture.h"
#include "hevc/syntax/parameter_set_store.h"

namespace inloop::hevc {

// Hands out pictures and reuses their memory.
class PicturePool {
 public:
  // The caller must call Picture::reset_blocks() before it decodes into the picture.
  std::shared_ptr<Picture> acquire(const PictureParameters& parameters);

 private:
  Recycler<Picture> recycler_{2 * kMaxDpbSize};
};

}  // namespace inloop::hevc
