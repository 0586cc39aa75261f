// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "bindings/sample_arrays.h"

#include <string>

#include "bindings/register.h"

namespace py = pybind11;

namespace inloop::bindings {

SampleArray::SampleArray(const py::object& object) : array_(py::array::ensure(object)) {
  if (!py::isinstance<py::array_t<uint8_t>>(array_) && !py::isinstance<py::array_t<uint16_t>>(array_)) {
    raise_if_error(Status::config("planes must be uint8 or uint16"));
  }
  if (array_.ndim() != 2) raise_if_error(Status::config("planes must have two dimensions"));
  constexpr int aligned = py::detail::npy_api::NPY_ARRAY_ALIGNED_;
  if (array_.strides(1) != array_.itemsize() || !(array_.flags() & aligned)) {
    array_ = py::array::ensure(array_, py::array::c_style | aligned);
  }
}

video::RawPlane<const uint8_t> SampleArray::plane() const {
  return {static_cast<const uint8_t*>(array_.data()), array_.strides(0), static_cast<int>(array_.itemsize())};
}

SampleArrays::SampleArrays(const py::sequence& planes, int width, int height) {
  if (planes.size() != 3) raise_if_error(Status::config("three planes (Y, Cb, Cr) are needed"));
  for (size_t c = 0; c < 3; ++c) {
    const SampleArray array{py::object(planes[c])};
    const int rows = c ? height / 2 : height, columns = c ? width / 2 : width;
    if (array.height() != rows || array.width() != columns) {
      raise_if_error(Status::config("plane " + std::to_string(c) + " must have shape (" +
                                    std::to_string(rows) + ", " + std::to_string(columns) + ")"));
    }
    planes_[c] = array.plane();
    owners_[c] = array.owner();
  }
}

}  // namespace inloop::bindings
