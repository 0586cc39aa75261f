// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/md5.h"
#include "nnlf/contract/coded_picture.h"

namespace inloop::nnlf {

// Computes the MD5 of the planes Y, Cb, Cr of a picture whose rows come from top to bottom. Samples take one
// byte at 8 bit and two above, low byte first. Chroma comes last in the hash and is therefore kept until all
// rows are there.
class PictureMd5 {
 public:
  explicit PictureMd5(int bit_depth) : wide_(bit_depth > 8) {}

  // Adds the next luma rows, y to end_y (not included), and the chroma rows that belong to them.
  void add_rows(const ConstPlanes& planes, int y, int end_y);
  Md5::Digest finish();

 private:
  void append_row(const PlaneView<const Sample>& plane, int y, std::vector<uint8_t>& bytes) const;

  bool wide_;
  Md5 luma_;
  std::vector<uint8_t> line_;
  std::array<std::vector<uint8_t>, 2> chroma_;
};

// Computes the same for a whole picture.
Md5::Digest picture_md5(const ConstPlanes& planes, int bit_depth);

}  // namespace inloop::nnlf
