// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <type_traits>

#include "base/plane.h"
#include "base/row_progress.h"
#include "coolchic/stream.h"

namespace inloop::coolchic {

// A picture that is decoded or is being decoded. Its rows become readable from the top; other threads wait
// for the rows to which their pictures refer. Samples are bytes at 8 bit, else 16-bit words.
class DecodedPicture {
 public:
  // Prepares for the next picture of the sequence.
  void reset(const SequenceHeader& sequence);
  // Allocates samples unless those of an earlier picture are here. It throws std::bad_alloc.
  void allocate();

  bool has_bytes() const { return has_bytes_; }
  // Returns Y, U, V or R, G, B. Vectors may write behind the end of a row, where there is room for it.
  template <class S>
  Plane<S>& plane(int c) {
    return planes_of<S>(*this)[c];
  }
  template <class S>
  const Plane<S>& plane(int c) const {
    return planes_of<S>(*this)[c];
  }
  int plane_width(int c) const { return c ? width_ >> subsampling_ : width_; }
  int plane_height(int c) const { return c ? height_ >> subsampling_ : height_; }
  // Returns 1 for 4:2:0, whose chroma planes have half the width and height, else 0.
  int subsampling() const { return subsampling_; }

  // Lets others read the first rows, not all of them. The last ones are theirs after finish().
  void publish_rows(int rows) { rows_.publish(rows); }
  // Ends decoding; with an error, no row can be read any more.
  void finish(Status status);
  // Returns true once the first `rows` rows are there, or false once decoding the picture has failed. A
  // waiting thread gives up its place in `pool`, if that is not null.
  bool wait_for_rows(int rows, ThreadPool* pool) const;
  // Returns how decoding ended, once it has.
  const Status& wait(ThreadPool* pool) const;
  bool finished() const { return rows_.is_settled(height_); }

 private:
  template <class S, class Self>
  static auto& planes_of(Self& self) {
    if constexpr (std::is_same_v<S, uint8_t>) {
      return self.bytes_;
    } else {
      return self.words_;
    }
  }

  int width_ = 0;
  int height_ = 0;
  int subsampling_ = 0;
  bool has_bytes_ = true;
  Plane<uint8_t> bytes_[3];
  Plane<uint16_t> words_[3];
  RowProgress rows_;
  Status status_;
};

}  // namespace inloop::coolchic
