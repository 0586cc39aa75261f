// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/plane.h"

namespace inloop::video {

// A plane as callers hold it: rows of samples of one or two bytes (in host order), with rows stride_bytes
// apart.
template <class Byte>
struct RawPlane {
  Byte* data = nullptr;
  ptrdiff_t stride_bytes = 0;
  int bytes_per_sample = 1;

  Byte* row(int y) const { return data + y * stride_bytes; }
};

inline RawPlane<const uint8_t> raw_plane(PlaneView<const Sample> plane) {
  return {reinterpret_cast<const uint8_t*>(plane.data), plane.stride * static_cast<ptrdiff_t>(sizeof(Sample)),
          sizeof(Sample)};
}

// Copies width x height samples, shifted left by `shift`, into the top left of `out`; the rest of `out`
// repeats the last column and the last row. Returns the largest sample before the shift, so that the caller
// can check it against the depth.
int load_plane(const RawPlane<const uint8_t>& from, int width, int height, int shift, PlaneView<Sample> out);

// Copies the top left width x height samples. Where the target has one byte per sample, the low 8 bits are
// kept.
void store_plane(const RawPlane<const uint8_t>& from, int width, int height, const RawPlane<uint8_t>& to);
inline void store_plane(PlaneView<const Sample> from, int width, int height, const RawPlane<uint8_t>& to) {
  store_plane(raw_plane(from), width, height, to);
}

// Returns the sum of squared differences over the top left width x height samples.
int64_t squared_error(const RawPlane<const uint8_t>& a, const RawPlane<const uint8_t>& b, int width,
                      int height);

}  // namespace inloop::video
