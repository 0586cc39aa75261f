// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/md5.h"
#include "nnlf/contract/coded_picture.h"

namespace inloop::nnlf {

// MD5 of the planes Y, Cb, Cr of a picture whose rows come from top to bottom: one byte a sample at 8 bit,
// else two, low byte first. Chroma, which comes last, is kept until all rows are there.
class PictureMd5 {
 public:
  explicit PictureMd5(int bit_depth) : wide_(bit_depth > 8) {}

  // The next luma rows, y to end_y (not included), and the chroma rows beside them.
  void add_rows(const ConstPlanes& planes, int y, int end_y);
  Md5::Digest finish();

 private:
  void append_row(const PlaneView<const Sample>& plane, int y, std::vector<uint8_t>& bytes) const;

  bool wide_;
  Md5 luma_;
  std::vector<uint8_t> line_;
  std::array<std::vector<uint8_t>, 2> chroma_;
};

// The same of a whole picture.
Md5::Digest picture_md5(const ConstPlanes& planes, int bit_depth);

}  // namespace inloop::nnlf
