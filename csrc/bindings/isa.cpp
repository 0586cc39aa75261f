// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "base/isa.h"

#include <pybind11/stl.h>

#include "bindings/register.h"

namespace py = pybind11;

namespace inloop::bindings {

void register_isa(py::module_& module) {
  module.def("compiler", [] { return "GCC-compatible " __VERSION__; });
  module.def("supported_isas", [] {
    std::vector<std::string> names;
    for (Isa isa : supported_isas()) names.emplace_back(isa_name(isa));
    return names;
  });
  module.def("get_isa", [] { return std::string(isa_name(checked_isa())); });
  module.def("avx_vnni", &avx_vnni_enabled);
  module.def("set_avx_vnni", &set_avx_vnni, py::arg("enabled"));
  module.def("set_isa", [](const std::string& name) { raise_if_error(set_isa(name)); });
}

}  // namespace inloop::bindings
