// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "bindings/filter_function.h"
#include "bindings/nnlf_arrays.h"
#include "bindings/register.h"
#include "hybrid/nnlf_stage.h"

namespace py = pybind11;

namespace inloop::bindings {
namespace {

void add_function(hybrid::NnlfStage& stage, const py::bytes& name, const py::function& function) {
  std::array<uint8_t, nnlf::kFullNameSize> bytes{};
  const std::string text = name;
  if (text.size() != bytes.size()) raise_if_error(Status::config("the name of a filter has 32 bytes"));
  raise_if_error(isa_status());
  std::copy(text.begin(), text.end(), bytes.begin());
  stage.add_function(bytes, block_function(function));
}

}  // namespace

void register_nnlf(py::module_& module) {
  register_filter_picture(module);
  register_filter_parameters(module);
  register_filter_model(module);
  register_filter_network(module);
  register_filter_trial(module);
  py::class_<hybrid::NnlfStage, std::shared_ptr<hybrid::NnlfStage>>(module, "NnlfStage")
      .def(py::init<std::vector<nnlf::FilterModel>, ThreadPool*>(), py::arg("models"),
           py::arg("pool") = nullptr, py::keep_alive<1, 3>())
      .def("add_function", &add_function, py::arg("name"), py::arg("function"));
}

}  // namespace inloop::bindings
