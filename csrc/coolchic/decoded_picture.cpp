// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "coolchic/decoded_picture.h"

#include <algorithm>
#include <utility>

#include "coolchic/kernels/table.h"

namespace inloop::coolchic {
namespace {

// A thread that sleeps waits for some more rows, otherwise it would soon have to wait again.
constexpr int kRowsAhead = 32;

}  // namespace

void DecodedPicture::reset(const SequenceHeader& sequence) {
  width_ = sequence.width;
  height_ = sequence.height;
  subsampling_ = sequence.format == ColourFormat::yuv420 ? 1 : 0;
  has_bytes_ = sequence.bit_depth == 8;
  rows_.reset();
  status_ = {};
}

void DecodedPicture::allocate() {
  const auto allocate_plane = [&]<class S>(Plane<S>& plane, int c) {
    if (plane.height() == 0) plane = Plane<S>(plane_width(c) + kRowSlack, plane_height(c));
  };
  for (int c = 0; c < 3; ++c) has_bytes_ ? allocate_plane(bytes_[c], c) : allocate_plane(words_[c], c);
}

void DecodedPicture::finish(Status status) {
  status_ = std::move(status);
  status_.ok() ? rows_.publish(height_) : rows_.fail();
}

bool DecodedPicture::wait_for_rows(int rows, ThreadPool* pool) const {
  if (rows_.has(rows)) return true;
  rows_.poll(rows, pool);
  return rows_.has(rows) || rows_.sleep(std::min(rows + kRowsAhead, height_), pool);
}

const Status& DecodedPicture::wait(ThreadPool* pool) const {
  (void)rows_.sleep(height_, pool);
  return status_;
}

}  // namespace inloop::coolchic
