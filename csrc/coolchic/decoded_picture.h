// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "base/plane.h"
#include "coolchic/stream.h"

namespace inloop::coolchic {

// A picture that is being decoded or is decoded. Rows become readable from the top; other threads wait for
// those to which they refer.
class DecodedPicture {
 public:
  explicit DecodedPicture(const SequenceHeader& sequence);

  // Y, U, V or R, G, B. Rows have room behind them for what vectors write.
  Plane<Sample>& plane(int c) { return planes_[c]; }
  const Plane<Sample>& plane(int c) const { return planes_[c]; }
  int plane_width(int c) const { return c ? width_ >> subsampling_ : width_; }
  int plane_height(int c) const { return c ? height_ >> subsampling_ : height_; }
  // 1 for the chroma planes of 4:2:0, which have half the width and height.
  int subsampling() const { return subsampling_; }

  void publish_rows(int rows);
  void finish(Status status);
  // Whether the first `rows` rows came to be; false once decoding the picture has failed.
  bool wait_for_rows(int rows) const;
  bool has_rows(int rows) const;
  const Status& wait() const;
  bool finished() const;

 private:
  int width_;
  int height_;
  int subsampling_;
  Plane<Sample> planes_[3];
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  int rows_ = 0;
  bool finished_ = false;
  Status status_;
};

}  // namespace inloop::coolchic
