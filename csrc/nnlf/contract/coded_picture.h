// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>

#include "nnlf/contract/geometry.h"
#include "video/frame.h"

namespace inloop::nnlf {

using video::ConstPlanes;
using video::MutablePlanes;

inline ConstPlanes read_only(const MutablePlanes& planes) { return {planes[0], planes[1], planes[2]}; }

// Returns the part of the planes that belongs to a block.
template <class T>
video::PlaneViews<T> crop(const video::PlaneViews<T>& planes, const Block& block) {
  const auto part = [&block](const PlaneView<T>& plane, int shift) {
    return PlaneView<T>{plane.row(block.y >> shift) + (block.x >> shift), plane.stride, block.width >> shift,
                        block.height >> shift};
  };
  return {part(planes[0], 0), part(planes[1], 1), part(planes[2], 1)};
}

// What the filter reads of a coded picture; the caller owns all of it. Planes are 4:2:0 of the coded size.
// Maps have one entry per cell of 4x4 luma samples.
struct CodedPicture {
  ConstPlanes rec;                     // before deblocking
  ConstPlanes dbf;                     // after deblocking
  ConstPlanes pred;                    // prediction
  PlaneView<const uint8_t> bs_ver;     // boundary strength 0 to 2 of the left edge, set on the 8x8 grid only
  PlaneView<const uint8_t> bs_hor;     // the same for the top edge
  PlaneView<const int8_t> qp;          // luma QP
  PlaneView<const uint8_t> pred_type;  // 0 intra, 1 uni-predicted, 2 bi-predicted
  int slice_qp = 0;
  bool intra = false;  // whether its first slice is an I slice
  int bit_depth = 8;

  int width() const { return rec[0].width; }
  int height() const { return rec[0].height; }
};

}  // namespace inloop::nnlf
