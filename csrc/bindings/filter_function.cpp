// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "bindings/filter_function.h"

#include <pybind11/numpy.h>

#include <algorithm>
#include <memory>
#include <string>

#include "nnlf/apply/blend.h"
#include "nnlf/contract/geometry.h"

namespace py = pybind11;

namespace inloop::bindings {
namespace {

constexpr int kChannels = nnlf::output_channels(nnlf::OutputForm::half);

// The arrays are copies, because the function may keep them.
py::tuple arrays_of(const nnlf::BlockFeatures& features) {
  py::tuple arrays(nnlf::kFeatures.size());
  for (size_t i = 0; i < nnlf::kFeatures.size(); ++i) {
    arrays[i] = py::array_t<int16_t>(
        {features.height, features.width, nnlf::feature_channels(nnlf::kFeatures[i])}, features.values[i]);
  }
  return arrays;
}

Status call(const py::function& function, const nnlf::BlockFeatures& features, int16_t* residual) {
  using Result = py::array_t<int16_t, py::array::c_style>;
  const py::object given = function(arrays_of(features));
  const int height = features.height - nnlf::kContext, width = features.width - nnlf::kContext;
  if (!py::isinstance<Result>(given)) return Status::model("the filter function does not give int16 values");
  const auto result = py::reinterpret_borrow<Result>(given);
  if (result.ndim() != 3 || result.shape(0) != height || result.shape(1) != width ||
      result.shape(2) != kChannels) {
    return Status::model("the filter function must give " + std::to_string(height) + "x" +
                         std::to_string(width) + "x" + std::to_string(kChannels) + " values");
  }
  std::copy_n(result.data(), result.size(), residual);
  return {};
}

}  // namespace

nnlf::BlockFunction block_function(const py::function& function) {
  // The last thread that lets go of the function may be one without the GIL.
  const std::shared_ptr<py::function> kept(new py::function(function), [](py::function* last) {
    py::gil_scoped_acquire gil;
    delete last;
  });
  return [kept](const nnlf::BlockFeatures& features, int16_t* residual) -> Status {
    py::gil_scoped_acquire gil;
    try {
      return call(*kept, features, residual);
    } catch (const py::error_already_set& error) {
      return Status::model("the filter function failed: " + std::string(error.what()));
    }
  };
}

}  // namespace inloop::bindings
