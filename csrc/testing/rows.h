// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <pybind11/numpy.h>

#include <cstddef>
#include <type_traits>

// Functions that wrap one kernel take the name of the isa first and `repeat` (for benchmarks) last. They
// write into 2-D arrays that the test owns, so that it can put guard bands around them.
namespace inloop::testing {

// A view of a 2-D numpy array of T as rows. The row stride is free, the samples of a row are adjacent. A
// mutable T needs a writeable array. The array must outlive the view.
template <class T>
struct Rows {
  T* data;
  ptrdiff_t stride;
  int width;
  int height;

  explicit Rows(const pybind11::array& array) {
    using Element = std::remove_const_t<T>;
    if (!array.dtype().is(pybind11::dtype::of<Element>())) throw pybind11::type_error("wrong dtype");
    constexpr auto kItem = static_cast<pybind11::ssize_t>(sizeof(T));
    if (array.ndim() != 2 || array.strides(1) != kItem || array.strides(0) % kItem != 0) {
      throw pybind11::value_error("expected a 2-D array with adjacent samples in a row");
    }
    if constexpr (std::is_const_v<T>) {
      data = static_cast<T*>(array.data());
    } else {
      data = static_cast<T*>(pybind11::array(array).mutable_data());
    }
    stride = array.strides(0) / kItem;
    height = static_cast<int>(array.shape(0));
    width = static_cast<int>(array.shape(1));
  }

  template <class U>
  void require_same_size(const Rows<U>& other) const {
    if (width != other.width || height != other.height) throw pybind11::value_error("sizes differ");
  }
  // Returns log2(n) of a dense n x n block, n = 4, 8, 16 or 32.
  int require_block() const {
    for (int log2_size = 2; log2_size <= 5; ++log2_size) {
      if (width == 1 << log2_size && height == width && stride == width) return log2_size;
    }
    throw pybind11::value_error("expected a dense 4x4, 8x8, 16x16 or 32x32 block");
  }
};

}  // namespace inloop::testing
