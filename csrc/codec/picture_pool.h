// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "codec/parameter_set_store.h"
#include "codec/picture.h"

namespace inloop::codec {

// Pictures whose memory is used again once nobody holds them: fresh memory costs a page fault every 4 KiB,
// which is a tenth of the decoding time.
class PicturePool {
 public:
  // Needs Picture::reset_blocks() before use. The last holder may let go of it in any thread, and after the
  // pool.
  std::shared_ptr<Picture> acquire(const PictureParameters& parameters);

 private:
  struct Shelf {
    std::mutex mutex;
    std::vector<std::unique_ptr<Picture>> idle;
    size_t in_use = 0;
  };
  static std::shared_ptr<Picture> lend(const std::shared_ptr<Shelf>& shelf, std::unique_ptr<Picture> picture);

  std::shared_ptr<Shelf> shelf_ = std::make_shared<Shelf>();
};

}  // namespace inloop::codec
