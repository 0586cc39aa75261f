// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "codec/picture_pool.h"

#include <utility>

namespace inloop::codec {

std::shared_ptr<Picture> PicturePool::acquire(const PictureParameters& parameters) {
  const auto fits = [&](const Picture& picture) {
    return picture.parameters().sps == parameters.sets.sps && picture.parameters().pps == parameters.sets.pps;
  };
  std::unique_ptr<Picture> picture;
  {
    const std::lock_guard lock(shelf_->mutex);
    auto& idle = shelf_->idle;
    std::erase_if(idle, [&](const auto& candidate) { return !fits(*candidate); });
    if (!idle.empty()) {
      picture = std::move(idle.back());
      idle.pop_back();
    }
    // The return of a picture must not fail.
    idle.reserve(idle.size() + ++shelf_->in_use);
  }
  if (picture) {
    picture->reset();
  } else {
    picture = std::make_unique<Picture>(parameters.sets, parameters.layout);
  }
  return lend(shelf_, std::move(picture));
}

std::shared_ptr<Picture> PicturePool::lend(const std::shared_ptr<Shelf>& shelf,
                                           std::unique_ptr<Picture> picture) {
  return {picture.release(), [shelf](Picture* returned) {
            const std::lock_guard lock(shelf->mutex);
            --shelf->in_use;
            shelf->idle.emplace_back(returned);
          }};
}

}  // namespace inloop::codec
