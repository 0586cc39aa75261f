// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "base/isa.h"

#include <pybind11/stl.h>

#include "bindings/register.h"

namespace py = pybind11;

namespace inloop::bindings {

IsaLevel checked_isa() {
  raise_if_error(isa_status());
  return current_isa();
}

IsaLevel level_named(const std::string& name) {
  if (name.empty()) return checked_isa();
  for (IsaLevel level : supported_isa_levels())
    if (name == isa_name(level)) return level;
  raise_if_error(Status::config("ISA level '" + name + "' is unknown or not supported by this CPU"));
  return IsaLevel::scalar;
}

void register_isa(py::module_& module) {
  module.def("compiler", [] { return "GCC-compatible " __VERSION__; });
  module.def("isa_levels", [] {
    std::vector<std::string> names;
    for (IsaLevel level : supported_isa_levels()) names.emplace_back(isa_name(level));
    return names;
  });
  module.def("get_isa", [] { return std::string(isa_name(checked_isa())); });
  module.def("avx_vnni", &avx_vnni_enabled);
  module.def("set_avx_vnni", &set_avx_vnni, py::arg("enabled"));
  module.def("set_isa", [](const std::string& name) { raise_if_error(set_isa(name)); });
}

}  // namespace inloop::bindings
