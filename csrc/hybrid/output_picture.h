// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "hevc/picture/decoded_picture_buffer.h"

namespace inloop::hybrid {

// A decoded picture in the form that programs see: filtered and cropped to the conformance window, with bytes
// at 8 bit and 16-bit samples above. It keeps the memory of its samples alive.
class OutputPicture {
 public:
  explicit OutputPicture(hevc::DecodedPicture decoded);

  int width() const { return width_; }  // luma samples
  int height() const { return height_; }
  int bit_depth() const { return bit_depth_; }  // the larger one of luma and chroma
  int poc() const { return poc_; }
  // B if any slice is B, else P if any is P, else I.
  hevc::SliceType slice_type() const { return slice_type_; }
  bool hash_checked() const { return hash_checked_; }
  // The numerator and the denominator, both 0 where the rate is unknown.
  const std::pair<uint32_t, uint32_t>& frame_rate() const { return frame_rate_; }

  const hevc::SignalDescription& signal() const { return *signal_; }

  size_t sample_bytes() const { return packed_ ? 1 : sizeof(Sample); }
  const void* samples(int c_idx) const;
  ptrdiff_t stride_bytes(int c_idx) const;

 private:
  int width_, height_, bit_depth_, poc_;
  int crop_left_, crop_top_;
  hevc::SliceType slice_type_;
  bool hash_checked_;
  std::pair<uint32_t, uint32_t> frame_rate_;
  std::shared_ptr<const hevc::SignalDescription> signal_;
  std::shared_ptr<const hevc::PackedPicture> packed_;  // at 8 bit
  hevc::DecodedPicture decoded_;                       // above
};

}  // namespace inloop::hybrid
