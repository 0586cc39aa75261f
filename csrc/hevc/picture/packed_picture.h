// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "hevc/picture/picture.h"

namespace inloop::hevc {

// The conformance window of an 8-bit picture with one byte per sample and no gaps, which is what most users
// want.
class PackedPicture {
 public:
  // Makes room for pictures of a sequence. Memory of the right size is kept as it is.
  void fit(const Sps& sps);

  // Takes over what lies within luma rows y to end_y (not included) of the decoded picture. The rows are multiples of
  // 2, but for the end of the picture. `frame` holds the samples of the picture or others of the same size.
  void pack_rows(const Frame& frame, const Sps& sps, int y, int end_y);

  const uint8_t* plane(int c_idx) const { return bytes_.get() + begin_[c_idx]; }

 private:
  std::unique_ptr<uint8_t[]> bytes_;  // the three planes, one behind the other
  size_t size_ = 0;
  size_t begin_[3] = {};
};

// Whether pictures of a sequence can be packed.
inline bool has_bytes(const Sps& sps) { return sps.bit_depth_luma == 8 && sps.bit_depth_chroma == 8; }

}  // namespace inloop::hevc
