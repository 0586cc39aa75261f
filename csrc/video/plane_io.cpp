// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "video/plane_io.h"

#include <algorithm>
#include <cstring>

namespace inloop::video {
namespace {

// Simple loops over one row, so that the compiler turns them into vector code.
template <class T>
int load_row(const T* from, int width, int shift, Sample* out) {
  int largest = 0;
  for (int x = 0; x < width; ++x) {
    const Sample sample = from[x];
    largest = std::max<int>(largest, sample);
    out[x] = static_cast<Sample>(sample << shift);
  }
  return largest;
}

int64_t row_error(const Sample* a, const Sample* b, int width) {
  int64_t sum = 0;
  for (int x = 0; x < width; ++x) {
    const int32_t difference = static_cast<int32_t>(a[x]) - static_cast<int32_t>(b[x]);
    sum += static_cast<uint32_t>(difference * difference);  // samples of 16 bit: below 2^32
  }
  return sum;
}

}  // namespace

int load_plane(const RawPlane<const uint8_t>& from, int width, int height, int shift, PlaneView<Sample> out) {
  int largest = 0;
  for (int y = 0; y < height; ++y) {
    const uint8_t* row = from.row(y);
    Sample* to = out.row(y);
    largest = std::max(largest, from.bytes_per_sample == 1
                                    ? load_row(row, width, shift, to)
                                    : load_row(reinterpret_cast<const uint16_t*>(row), width, shift, to));
    std::fill(to + width, to + out.width, to[width - 1]);
  }
  for (int y = height; y < out.height; ++y) {
    std::memcpy(out.row(y), out.row(height - 1), static_cast<size_t>(out.width) * sizeof(Sample));
  }
  return largest;
}

void store_plane(PlaneView<const Sample> from, int width, int height, const RawPlane<uint8_t>& to) {
  for (int y = 0; y < height; ++y) {
    const Sample* row = from.row(y);
    if (to.bytes_per_sample == 1) {
      std::transform(row, row + width, to.row(y), [](Sample sample) { return static_cast<uint8_t>(sample); });
    } else {
      std::memcpy(to.row(y), row, static_cast<size_t>(width) * sizeof(Sample));
    }
  }
}

int64_t squared_error(PlaneView<const Sample> a, PlaneView<const Sample> b, int width, int height) {
  int64_t sum = 0;
  for (int y = 0; y < height; ++y) sum += row_error(a.row(y), b.row(y), width);
  return sum;
}

}  // namespace inloop::video
