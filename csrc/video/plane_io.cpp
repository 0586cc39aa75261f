// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "video/plane_io.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

namespace inloop::video {
namespace {

// These loops over one row are simple, so that the compiler turns them into vector code.
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

template <class From, class To>
void store_row(const From* from, int width, To* to) {
  for (int x = 0; x < width; ++x) to[x] = static_cast<To>(from[x]);
}

template <class A, class B>
int64_t row_error(const A* a, const B* b, int width) {
  int64_t sum = 0;
  for (int x = 0; x < width; ++x) {
    // The product is modulo 2^32, which holds the square of any 16-bit difference.
    const auto difference = static_cast<uint32_t>(static_cast<int>(a[x]) - static_cast<int>(b[x]));
    sum += difference * difference;
  }
  return sum;
}

// Calls use(row of a, row of b) for each row, with the types of their samples.
template <class A, class B, class Use>
void for_each_row(const RawPlane<A>& a, const RawPlane<B>& b, int height, const Use& use) {
  using Bytes16 = std::conditional_t<std::is_const_v<B>, const uint16_t, uint16_t>;
  for (int y = 0; y < height; ++y) {
    const uint8_t* one = a.row(y);
    B* other = b.row(y);
    const auto* wide = reinterpret_cast<const uint16_t*>(one);
    if (b.bytes_per_sample == 1) {
      a.bytes_per_sample == 1 ? use(one, other) : use(wide, other);
    } else {
      auto* other_wide = reinterpret_cast<Bytes16*>(other);
      a.bytes_per_sample == 1 ? use(one, other_wide) : use(wide, other_wide);
    }
  }
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

void store_plane(const RawPlane<const uint8_t>& from, int width, int height, const RawPlane<uint8_t>& to) {
  for_each_row(from, to, height, [&](const auto* row, auto* out) { store_row(row, width, out); });
}

int64_t squared_error(const RawPlane<const uint8_t>& a, const RawPlane<const uint8_t>& b, int width,
                      int height) {
  int64_t sum = 0;
  for_each_row(a, b, height,
               [&](const auto* one, const auto* other) { sum += row_error(one, other, width); });
  return sum;
}

}  // namespace inloop::video
