// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/cpu/kernels/table.h"
#include "nn/graph/functions.h"

namespace inloop::nn {
namespace {

// By the names of VectorFunction.
constexpr Function kFunctions[] = {Function::exp,       Function::sigmoid, Function::swish,
                                   Function::tanh,      Function::erf,     Function::gelu,
                                   Function::gelu_tanh, Function::mish,    Function::elu};

void function_f32(VectorFunction function, float a, float b, const float* x, float* y, int count) {
  const float parameters[2] = {a, b};
  apply_function(kFunctions[static_cast<int>(function)], parameters, x, y, count);
}

}  // namespace

void fill_scalar_functions(KernelTable& table) { table.function_f32 = function_f32; }

}  // namespace inloop::nn
