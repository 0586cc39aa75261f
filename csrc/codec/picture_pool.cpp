// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "codec/picture_pool.h"

#include <atomic>

namespace inloop::codec {

std::shared_ptr<Picture> PicturePool::acquire(const PictureParameters& parameters) {
  const auto is_idle = [](const std::shared_ptr<Picture>& picture) { return picture.use_count() == 1; };
  const auto fits = [&](const std::shared_ptr<Picture>& picture) {
    return picture->parameters().sps == parameters.sets.sps &&
           picture->parameters().pps == parameters.sets.pps;
  };
  std::erase_if(pictures_, [&](const auto& picture) { return is_idle(picture) && !fits(picture); });
  for (const auto& picture : pictures_) {
    if (!is_idle(picture)) continue;
    // Whoever let go of the picture last, perhaps another thread, is done reading it.
    std::atomic_thread_fence(std::memory_order_acquire);
    picture->reset();
    return picture;
  }
  pictures_.push_back(std::make_shared<Picture>(parameters.sets, parameters.layout));
  return pictures_.back();
}

}  // namespace inloop::codec
