// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "bindings/support.h"

#include <pybind11/pybind11.h>

namespace py = pybind11;

namespace inloop::bindings {

void raise_if_error(const Status& status) {
  if (status.ok()) return;
  const char* name = "InloopError";
  switch (status.code()) {
    case StatusCode::ok:
      break;
    case StatusCode::bitstream:
      name = "BitstreamError";
      break;
    case StatusCode::model:
      name = "ModelError";
      break;
    case StatusCode::config:
      name = "ConfigError";
      break;
    case StatusCode::unsupported:
      name = "UnsupportedError";
      break;
  }
  py::object type = py::module_::import("inloop.errors").attr(name);
  PyErr_SetString(type.ptr(), status.message().c_str());
  throw py::error_already_set();
}

int checked_threads(int threads) {
  constexpr int kMaxThreads = 64;
  if (threads < 1 || threads > kMaxThreads) {
    raise_if_error(Status::config("threads must be 1 to " + std::to_string(kMaxThreads)));
  }
  return threads;
}

Isa checked_isa() {
  raise_if_error(isa_status());
  return current_isa();
}

Isa isa_named(const std::string& name) {
  if (name.empty()) return checked_isa();
  for (Isa isa : supported_isas())
    if (name == isa_name(isa)) return isa;
  raise_if_error(Status::config("ISA '" + name + "' is unknown or not supported by this CPU"));
  return Isa::scalar;
}

}  // namespace inloop::bindings
