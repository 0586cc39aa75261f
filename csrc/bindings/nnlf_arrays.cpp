// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "bindings/nnlf_arrays.h"

#include <cstdint>
#include <string>

#include "bindings/support.h"

namespace py = pybind11;

namespace inloop::bindings {
namespace {

// Returns a view of a two-dimensional array with contiguous rows; the caller keeps the array alive.
template <class T>
PlaneView<const T> view_of(const py::array& array, const char* name, int width, int height) {
  if (!py::isinstance<py::array_t<T>>(array) || array.ndim() != 2) {
    raise_if_error(Status::config(std::string(name) + " must be a two-dimensional " +
                                  py::str(py::dtype::of<T>()).cast<std::string>() + " array"));
  }
  if (array.shape(0) != height || array.shape(1) != width) {
    raise_if_error(Status::config(std::string(name) + " must be " + std::to_string(height) + " x " +
                                  std::to_string(width)));
  }
  if (array.strides(1) != static_cast<py::ssize_t>(sizeof(T)) ||
      array.strides(0) % static_cast<py::ssize_t>(sizeof(T))) {
    raise_if_error(Status::config(std::string(name) + " must have contiguous rows"));
  }
  return {static_cast<const T*>(array.data()), array.strides(0) / static_cast<py::ssize_t>(sizeof(T)), width,
          height};
}

}  // namespace

nnlf::ConstPlanes planes_of(const py::sequence& planes, const char* name, int width, int height) {
  if (planes.size() != 3) raise_if_error(Status::config(std::string(name) + " must be three planes"));
  nnlf::ConstPlanes views;
  for (size_t c = 0; c < 3; ++c) {
    const int shift = c ? 1 : 0;
    views[c] = view_of<Sample>(planes[c].cast<py::array>(), name, width >> shift, height >> shift);
  }
  return views;
}

nnlf::CodedPicture coded_picture(const py::object& object) {
  const auto luma = object.attr("rec").cast<py::sequence>()[0].cast<py::array>();
  if (luma.ndim() != 2) raise_if_error(Status::config("rec must be two-dimensional planes"));
  const auto height = static_cast<int>(luma.shape(0));
  const auto width = static_cast<int>(luma.shape(1));
  if (width < nnlf::kSizeStep || height < nnlf::kSizeStep || width % nnlf::kSizeStep ||
      height % nnlf::kSizeStep) {
    raise_if_error(Status::config("the coded size must be a multiple of 8"));
  }
  nnlf::CodedPicture picture;
  picture.rec = planes_of(object.attr("rec"), "rec", width, height);
  picture.dbf = planes_of(object.attr("dbf"), "dbf", width, height);
  picture.pred = planes_of(object.attr("pred"), "pred", width, height);
  picture.bs_ver = view_of<uint8_t>(object.attr("bs_ver"), "bs_ver", width / 4, height / 4);
  picture.bs_hor = view_of<uint8_t>(object.attr("bs_hor"), "bs_hor", width / 4, height / 4);
  picture.qp = view_of<int8_t>(object.attr("qp"), "qp", width / 4, height / 4);
  picture.pred_type = view_of<uint8_t>(object.attr("pred_type"), "pred_type", width / 4, height / 4);
  picture.slice_qp = object.attr("slice_qp").cast<int>();
  picture.intra = object.attr("slice_type").cast<std::string>() == "I";
  picture.bit_depth = object.attr("bit_depth").cast<int>();
  if (picture.bit_depth < 8 || picture.bit_depth > 10)
    raise_if_error(Status::config("bit_depth must be 8 to 10"));
  return picture;
}

PlaneTuple make_planes(int width, int height) {
  return {SampleArray({height, width}), SampleArray({height / 2, width / 2}),
          SampleArray({height / 2, width / 2})};
}

nnlf::MutablePlanes mutable_views(PlaneTuple& planes) {
  nnlf::MutablePlanes views;
  for (size_t c = 0; c < 3; ++c) {
    views[c] = {planes[c].mutable_data(), planes[c].shape(1), static_cast<int>(planes[c].shape(1)),
                static_cast<int>(planes[c].shape(0))};
  }
  return views;
}

py::tuple to_tuple(const PlaneTuple& planes) { return py::make_tuple(planes[0], planes[1], planes[2]); }

std::vector<uint8_t> wanted_of(const py::object& wanted, int block_count) {
  const auto count = static_cast<size_t>(block_count);
  if (wanted.is_none()) return std::vector<uint8_t>(count, 1);
  const auto array = py::array_t<bool, py::array::c_style | py::array::forcecast>::ensure(wanted);
  if (!array || static_cast<size_t>(array.size()) != count) {
    PyErr_Clear();
    raise_if_error(Status::config("wanted must have " + std::to_string(count) + " entries, one a block"));
  }
  return {array.data(), array.data() + count};
}

void check_block_size(int block_size) {
  if (!nnlf::is_block_size(block_size)) raise_if_error(Status::config("block_size must be 128 or 256"));
}

nnlf::BlockGrid block_grid(const nnlf::CodedPicture& picture, int block_size) {
  check_block_size(block_size);
  return {picture.width(), picture.height(), block_size};
}

}  // namespace inloop::bindings
