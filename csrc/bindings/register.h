// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <pybind11/pybind11.h>

#include <string>

#include "base/isa.h"
#include "base/status.h"

// One register function a domain, each in the file of its name.
namespace inloop::bindings {

void register_isa(pybind11::module_& module);
void register_engine(pybind11::module_& module);
void register_peak(pybind11::module_& module);
void register_nnlf(pybind11::module_& module);
void register_decoder(pybind11::module_& module);
void register_stream_info(pybind11::module_& module);
void register_coded_picture(pybind11::module_& module);
void register_encoder(pybind11::module_& module);
void register_lookahead(pybind11::module_& module);
void register_testing_base(pybind11::module_& module);
void register_testing_nn(pybind11::module_& module);
void register_testing_addressing(pybind11::module_& module);
void register_testing_kernel_calls(pybind11::module_& module);
void register_testing_hevc(pybind11::module_& module);
void register_testing_lookahead(pybind11::module_& module);

// Raises the member of the inloop error family (inloop.errors) that belongs to a status that is not ok.
void raise_if_error(const Status& status);

// The ISA level for an object about to be created; raises ConfigError where INLOOP_ISA names one that cannot
// run.
IsaLevel checked_isa();

// The level of that name, or for "" the one in force; raises ConfigError where it cannot run.
IsaLevel level_named(const std::string& name);

// A number of threads, 1 to 64; raises ConfigError for another.
int checked_threads(int threads);

}  // namespace inloop::bindings
