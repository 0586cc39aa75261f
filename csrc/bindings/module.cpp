// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <pybind11/pybind11.h>

#include "bindings/register.h"

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

}  // namespace inloop::bindings

PYBIND11_MODULE(_core, module) {
  using namespace inloop::bindings;
  module.attr("__version__") = INLOOP_VERSION;
  register_isa(module);
  register_engine(module);
  register_peak(module);
  register_nnlf(module);
  register_decoder(module);
  register_stream_info(module);
  register_coded_picture(module);
  register_encoder(module);
  register_lookahead(module);
  // Kernels one by one, for the tests only: not part of any interface.
  py::module_ testing = module.def_submodule("_testing");
  register_testing_base(testing);
  register_testing_nn(testing);
  register_testing_addressing(testing);
  register_testing_kernel_calls(testing);
  register_testing_hevc(testing);
  register_testing_lookahead(testing);
}
