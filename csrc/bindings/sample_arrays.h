// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <pybind11/numpy.h>

#include <array>

#include "video/plane_io.h"

namespace inloop::bindings {

// A plane in a Python array, uint8 or uint16 with any row stride. It keeps the array alive, so that it may be
// read without the GIL. Only arrays with gaps between the samples of a row, or without alignment, are copied.
class SampleArray {
 public:
  // Raises ConfigError for another type or number of dimensions.
  explicit SampleArray(const pybind11::object& array);

  const pybind11::array& owner() const { return array_; }
  int width() const { return static_cast<int>(array_.shape(1)); }
  int height() const { return static_cast<int>(array_.shape(0)); }
  video::RawPlane<const uint8_t> plane() const;

 private:
  pybind11::array array_;
};

// The planes Y, Cb and Cr of a 4:2:0 picture of that luma size. Raises ConfigError for other shapes.
class SampleArrays {
 public:
  SampleArrays(const pybind11::sequence& planes, int width, int height);
  const video::RawPlane<const uint8_t>* planes() const { return planes_.data(); }

 private:
  std::array<pybind11::array, 3> owners_;
  std::array<video::RawPlane<const uint8_t>, 3> planes_;
};

}  // namespace inloop::bindings
