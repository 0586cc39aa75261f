// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <pybind11/pybind11.h>

#include "bindings/register.h"

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
  register_sequence_config(module);
  register_encoder(module);
  register_lookahead(module);
  register_coolchic(module);
  register_coolchic_encoder(module);
#ifdef INLOOP_TESTING
  register_hooks(module);
#endif
}
