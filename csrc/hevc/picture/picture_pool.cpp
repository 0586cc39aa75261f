// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/picture/picture_pool.h"

#include <utility>

namespace inloop::hevc {

std::shared_ptr<Picture> PicturePool::acquire(const PictureParameters& parameters) {
  std::unique_ptr<Picture> picture = recycler_.take([&](const Picture& idle) {
    return idle.parameters().sps == parameters.sets.sps && idle.parameters().pps == parameters.sets.pps;
  });
  if (picture) {
    picture->reset();
  } else {
    picture = std::make_unique<Picture>(parameters.sets, parameters.layout);
  }
  return recycler_.lend(std::move(picture));
}

}  // namespace inloop::hevc
