// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <pybind11/pybind11.h>

// Each subject has a register function, which is in the file of its name.
namespace inloop::testing {

void register_base(pybind11::module_& module);
void register_nn(pybind11::module_& module);
void register_nn_f32(pybind11::module_& module);
void register_networks(pybind11::module_& module);
void register_addressing(pybind11::module_& module);
void register_kernel_calls(pybind11::module_& module);
void register_nnlf(pybind11::module_& module);
void register_hevc_primitives(pybind11::module_& module);
void register_hevc_inter(pybind11::module_& module);
void register_loop_filters(pybind11::module_& module);
void register_lookahead(pybind11::module_& module);
void register_coolchic(pybind11::module_& module);
void register_wavefront(pybind11::module_& module);

}  // namespace inloop::testing
