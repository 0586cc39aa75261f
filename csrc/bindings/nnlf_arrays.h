// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "nnlf/contract/coded_picture.h"
#include "nnlf/contract/geometry.h"

// Pictures in numpy arrays as the filter sees them. Views are valid while the caller keeps the arrays alive;
// arrays of a wrong type or shape raise ConfigError.
namespace inloop::bindings {

using SampleArray = pybind11::array_t<Sample>;
using PlaneTuple = std::array<SampleArray, 3>;

// Returns views of the three planes of a 4:2:0 picture of that size; `name` is for the error.
nnlf::ConstPlanes planes_of(const pybind11::sequence& planes, const char* name, int width, int height);

// Returns the view of a Python CodedPicture (inloop/nnlf/picture.py); the arrays live as long as `object`.
nnlf::CodedPicture coded_picture(const pybind11::object& object);

// These give new planes, which are not initialised, the views through which they are written, and the tuple
// that Python receives.
PlaneTuple make_planes(int width, int height);
nnlf::MutablePlanes mutable_views(PlaneTuple& planes);
pybind11::tuple to_tuple(const PlaneTuple& planes);

// Makes an array with one number per block.
template <class T, class Number>
pybind11::array_t<T> block_array(const std::vector<Number>& numbers) {
  pybind11::array_t<T> array(static_cast<pybind11::ssize_t>(numbers.size()));
  std::copy(numbers.begin(), numbers.end(), array.mutable_data());
  return array;
}

// Returns which blocks are wanted: those that are not zero, or all if there is no array. Raises ConfigError
// for an array of another size.
std::vector<uint8_t> wanted_of(const pybind11::object& wanted, int block_count);

// Raises ConfigError unless the filter has blocks of that size.
void check_block_size(int block_size);
nnlf::BlockGrid block_grid(const nnlf::CodedPicture& picture, int block_size);

}  // namespace inloop::bindings
