// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "base/plane.h"
#include "coolchic/stream.h"

namespace inloop::coolchic {

// A picture that is decoded or is being decoded. Its rows become readable from the top; other threads wait
// for the rows to which their pictures refer.
class DecodedPicture {
 public:
  explicit DecodedPicture(const SequenceHeader& sequence);

  // Returns Y, U, V or R, G, B. Vectors may write behind the end of a row, where there is room for it.
  Plane<Sample>& plane(int c) { return planes_[c]; }
  const Plane<Sample>& plane(int c) const { return planes_[c]; }
  int plane_width(int c) const { return c ? width_ >> subsampling_ : width_; }
  int plane_height(int c) const { return c ? height_ >> subsampling_ : height_; }
  // Returns 1 for 4:2:0, whose chroma planes have half the width and height, else 0.
  int subsampling() const { return subsampling_; }

  void publish_rows(int rows);
  void finish(Status status);
  // Returns true once the first `rows` rows are there, or false once decoding the picture has failed.
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
