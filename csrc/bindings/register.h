// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <pybind11/pybind11.h>

#include "bindings/support.h"

// There is one register function for each subject, in the file of its name.
namespace inloop::bindings {

void register_isa(pybind11::module_& module);
void register_engine(pybind11::module_& module);
void register_peak(pybind11::module_& module);
// Calls everything that begins with register_filter, and registers the stage of the decoder.
void register_nnlf(pybind11::module_& module);
void register_filter_picture(pybind11::module_& module);
void register_filter_parameters(pybind11::module_& module);
void register_filter_model(pybind11::module_& module);
void register_filter_network(pybind11::module_& module);
void register_filter_trial(pybind11::module_& module);
void register_decoder(pybind11::module_& module);
void register_stream_info(pybind11::module_& module);
void register_coded_picture(pybind11::module_& module);
void register_sequence_config(pybind11::module_& module);
void register_encoder(pybind11::module_& module);
void register_lookahead(pybind11::module_& module);
void register_coolchic(pybind11::module_& module);
void register_coolchic_encoder(pybind11::module_& module);
// Only builds with INLOOP_TESTING have it.
void register_hooks(pybind11::module_& module);

}  // namespace inloop::bindings
