// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <memory>
#include <vector>

#include "bindings/nnlf_arrays.h"
#include "bindings/register.h"
#include "hybrid/nnlf_stage.h"

namespace py = pybind11;

namespace inloop::bindings {

void register_nnlf(py::module_& module) {
  register_filter_picture(module);
  register_filter_parameters(module);
  register_filter_model(module);
  register_filter_network(module);
  register_filter_trial(module);
  py::class_<hybrid::NnlfStage, std::shared_ptr<hybrid::NnlfStage>>(module, "NnlfStage")
      .def(py::init<std::vector<nnlf::FilterModel>, ThreadPool*>(), py::arg("models"),
           py::arg("pool") = nullptr, py::keep_alive<1, 3>());
}

}  // namespace inloop::bindings
