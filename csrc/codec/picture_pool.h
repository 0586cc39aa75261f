// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <vector>

#include "codec/parameter_set_store.h"
#include "codec/picture.h"

namespace inloop::codec {

// Pictures whose memory is used again once nobody else holds them: fresh memory costs a page fault every 4
// KiB, which is a tenth of the decoding time.
class PicturePool {
 public:
  std::shared_ptr<Picture> acquire(const PictureParameters& parameters);

 private:
  std::vector<std::shared_ptr<Picture>> pictures_;
};

}  // namespace inloop::codec
