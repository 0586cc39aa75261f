// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "base/isa.h"

#include <pybind11/stl.h>

#include "bindings/register.h"

namespace py = pybind11;

namespace inloop::bindings {
namespace {

#if defined(__clang__)
constexpr const char* kCompiler = "Clang " __clang_version__;
#else
constexpr const char* kCompiler = "GCC " __VERSION__;
#endif

std::vector<std::string> names_of(const std::vector<Isa>& isas) {
  std::vector<std::string> names;
  for (Isa isa : isas) names.emplace_back(isa_name(isa));
  return names;
}

}  // namespace

void register_isa(py::module_& module) {
  module.def("compiler", [] { return kCompiler; });
  module.def("supported_isas", [] { return names_of(supported_isas()); });
  module.def("isas_missing_in_build", [] { return names_of(isas_missing_in_build()); });
  module.def("get_isa", [] { return std::string(isa_name(checked_isa())); });
  module.def("avx_vnni", &avx_vnni_enabled);
  module.def("set_avx_vnni", &set_avx_vnni, py::arg("enabled"));
  module.def("set_isa", [](const std::string& name) { raise_if_error(set_isa(name)); });
}

}  // namespace inloop::bindings
