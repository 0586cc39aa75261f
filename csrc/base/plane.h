// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "base/aligned_buffer.h"

namespace inloop {

// Samples have 16 bits at every bit depth (8 to 10 are used), so that there is one code path.
using Sample = uint16_t;

// A rectangle of elements in memory that somebody else owns; the stride is in elements.
template <class T>
struct PlaneView {
  T* data = nullptr;
  ptrdiff_t stride = 0;
  int width = 0;
  int height = 0;

  T* row(int y) const { return data + y * stride; }
  T& at(int x, int y) const { return data[y * stride + x]; }
  operator PlaneView<const T>() const
    requires(!std::is_const_v<T>)
  {
    return {data, stride, width, height};
  }
};

// A plane that owns its memory. Rows are padded to a multiple of 64 bytes.
template <class T>
class Plane {
 public:
  Plane() = default;
  Plane(int width, int height)
      : width_(width),
        height_(height),
        stride_((width * static_cast<ptrdiff_t>(sizeof(T)) + 63) / 64 * 64 /
                static_cast<ptrdiff_t>(sizeof(T))),
        buffer_(static_cast<size_t>(stride_) * static_cast<size_t>(height)) {}

  int width() const { return width_; }
  int height() const { return height_; }
  ptrdiff_t stride() const { return stride_; }
  T* row(int y) { return buffer_.data() + y * stride_; }
  const T* row(int y) const { return buffer_.data() + y * stride_; }
  T& at(int x, int y) { return row(y)[x]; }
  const T& at(int x, int y) const { return row(y)[x]; }
  PlaneView<T> view() { return {buffer_.data(), stride_, width_, height_}; }
  PlaneView<const T> view() const { return {buffer_.data(), stride_, width_, height_}; }
  void copy_from(const Plane& other) {
    std::memcpy(buffer_.data(), other.buffer_.data(), buffer_.size() * sizeof(T));
  }
  void fill(T value) {
    for (size_t i = 0; i < buffer_.size(); ++i) buffer_[i] = value;
  }

 private:
  int width_ = 0;
  int height_ = 0;
  ptrdiff_t stride_ = 0;
  AlignedBuffer<T> buffer_;
};

}  // namespace inloop
