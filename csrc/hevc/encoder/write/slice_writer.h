// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "hevc/encoder/write/coded_ctu.h"

namespace inloop::hevc {

struct WrittenSlice {
  std::vector<uint8_t> nal;   // NAL unit without start code
  std::vector<int> ctu_bits;  // size of each CTU in raster order
};

// Writes the only slice of a picture whose blocks are all decided.
WrittenSlice write_slice(const Picture& picture, const SliceHeader& slice, const std::vector<CodedCtu>& ctus);

}  // namespace inloop::hevc
