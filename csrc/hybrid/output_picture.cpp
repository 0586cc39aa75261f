// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hybrid/output_picture.h"

#include <algorithm>

namespace inloop::hybrid {
namespace {

hevc::SliceType type_of(const hevc::Picture& picture) {
  bool inter = false;
  for (const auto& slice : picture.slices) {
    if (slice->header.is_b()) return hevc::SliceType::b;
    inter = inter || !slice->header.is_intra();
  }
  return inter ? hevc::SliceType::p : hevc::SliceType::i;
}

}  // namespace

OutputPicture::OutputPicture(hevc::DecodedPicture decoded) {
  const hevc::Picture& picture = *decoded.picture;
  const hevc::Sps& sps = picture.sps();
  width_ = sps.pic_width - sps.crop_left - sps.crop_right;
  height_ = sps.pic_height - sps.crop_top - sps.crop_bottom;
  bit_depth_ = std::max(sps.bit_depth_luma, sps.bit_depth_chroma);
  poc_ = picture.poc;
  crop_left_ = sps.crop_left;
  crop_top_ = sps.crop_top;
  slice_type_ = type_of(picture);
  hash_checked_ = decoded.outcome->hash_checked;
  frame_rate_ = decoded.frame_rate;
  signal_ = decoded.signal;
  packed_ = decoded.outcome->packed;
  // Without packed samples the decoded picture is kept; otherwise its memory can serve another picture.
  if (!packed_) decoded_ = std::move(decoded);
}

const void* OutputPicture::samples(int c_idx) const {
  if (packed_) return packed_->plane(c_idx);
  const int shift = c_idx > 0;
  return decoded_.frame().planes[c_idx].row(crop_top_ >> shift) + (crop_left_ >> shift);
}

ptrdiff_t OutputPicture::stride_bytes(int c_idx) const {
  if (packed_) return width_ >> (c_idx > 0);
  return decoded_.frame().planes[c_idx].stride() * static_cast<ptrdiff_t>(sizeof(Sample));
}

}  // namespace inloop::hybrid
