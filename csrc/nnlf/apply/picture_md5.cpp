// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nnlf/apply/picture_md5.h"

namespace inloop::nnlf {

void PictureMd5::append_row(const PlaneView<const Sample>& plane, int y, std::vector<uint8_t>& bytes) const {
  const Sample* row = plane.row(y);
  for (int x = 0; x < plane.width; ++x) {
    bytes.push_back(static_cast<uint8_t>(row[x]));
    if (wide_) bytes.push_back(static_cast<uint8_t>(row[x] >> 8));
  }
}

void PictureMd5::add_rows(const ConstPlanes& planes, int y, int end_y) {
  for (int row = y; row < end_y; ++row) {
    line_.clear();
    append_row(planes[0], row, line_);
    luma_.update(line_.data(), line_.size());
  }
  for (size_t c = 0; c < 2; ++c) {
    for (int row = y / 2; row < end_y / 2; ++row) append_row(planes[c + 1], row, chroma_[c]);
  }
}

Md5::Digest PictureMd5::finish() {
  for (const std::vector<uint8_t>& bytes : chroma_) luma_.update(bytes.data(), bytes.size());
  return luma_.finish();
}

Md5::Digest picture_md5(const ConstPlanes& planes, int bit_depth) {
  PictureMd5 md5(bit_depth);
  md5.add_rows(planes, 0, planes[0].height);
  return md5.finish();
}

}  // namespace inloop::nnlf
