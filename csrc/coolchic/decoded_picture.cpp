// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "coolchic/decoded_picture.h"

#include <utility>

#include "coolchic/kernels/table.h"

namespace inloop::coolchic {

DecodedPicture::DecodedPicture(const SequenceHeader& sequence)
    : width_(sequence.width),
      height_(sequence.height),
      subsampling_(sequence.format == ColourFormat::yuv420 ? 1 : 0) {
  for (int c = 0; c < 3; ++c) planes_[c] = Plane<Sample>(plane_width(c) + kRowSlack, plane_height(c));
}

void DecodedPicture::publish_rows(int rows) {
  const std::lock_guard lock(mutex_);
  rows_ = rows;
  changed_.notify_all();
}

void DecodedPicture::finish(Status status) {
  const std::lock_guard lock(mutex_);
  status_ = std::move(status);
  finished_ = true;
  changed_.notify_all();
}

bool DecodedPicture::wait_for_rows(int rows) const {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return rows_ >= rows || finished_; });
  return rows_ >= rows;
}

bool DecodedPicture::has_rows(int rows) const {
  const std::lock_guard lock(mutex_);
  return rows_ >= rows;
}

const Status& DecodedPicture::wait() const {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return finished_; });
  return status_;
}

bool DecodedPicture::finished() const {
  const std::lock_guard lock(mutex_);
  return finished_;
}

}  // namespace inloop::coolchic
