// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "bindings/filter_picture.h"

#include <pybind11/pybind11.h>

#include <utility>

#include "bindings/nnlf_arrays.h"
#include "bindings/register.h"

namespace py = pybind11;

namespace inloop::bindings {
namespace {

constexpr const char* kPlanes[] = {"rec", "dbf", "pred"};
constexpr const char* kMaps[] = {"bs_ver", "bs_hor", "qp", "pred_type"};

// Keeps the arrays of a Python CodedPicture but not the object itself, as that object keeps the result.
std::unique_ptr<FilterPicture> filter_picture(const py::object& coded) {
  auto arrays = std::make_shared<py::list>();
  for (const char* name : kPlanes) arrays->append(py::tuple(coded.attr(name)));
  for (const char* name : kMaps) arrays->append(coded.attr(name));
  return std::make_unique<FilterPicture>(FilterPicture{coded_picture(coded), std::move(arrays)});
}

}  // namespace

void register_filter_picture(py::module_& module) {
  py::class_<FilterPicture>(module, "FilterPicture")
      .def(py::init(&filter_picture), py::arg("coded"))
      .def_property_readonly("height", [](const FilterPicture& p) { return p.view.height(); })
      .def_property_readonly("width", [](const FilterPicture& p) { return p.view.width(); });
}

}  // namespace inloop::bindings
