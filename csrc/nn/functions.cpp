// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/functions.h"

#include <algorithm>
#include <cmath>

namespace inloop::nn {
namespace {

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double softplus(double x) { return x > 30 ? x : std::log1p(std::exp(x)); }
double gelu_tanh(double x) {
  return 0.5 * x * (1 + std::tanh(std::sqrt(2 / 3.14159265358979323846) * (x + 0.044715 * x * x * x)));
}

double function_of(Function function, double a, double b, double x) {
  switch (function) {
    case Function::sigmoid:
      return sigmoid(x);
    case Function::hard_sigmoid:
      return std::clamp(a * x + b, 0.0, 1.0);
    case Function::hard_swish:
      return x * std::clamp(x / 6 + 0.5, 0.0, 1.0);
    case Function::tanh:
      return std::tanh(x);
    case Function::gelu:
      return 0.5 * x * (1 + std::erf(x / std::sqrt(2.0)));
    case Function::gelu_tanh:
      return gelu_tanh(x);
    case Function::erf:
      return std::erf(x);
    case Function::exp:
      return std::exp(x);
    case Function::log:
      return std::log(x);
    case Function::sqrt:
      return std::sqrt(x);
    case Function::reciprocal:
      return 1 / x;
    case Function::abs:
      return std::fabs(x);
    case Function::softplus:
      return softplus(x);
    case Function::softsign:
      return x / (1 + std::fabs(x));
    case Function::elu:
      return x < 0 ? a * std::expm1(b * x) : x;
    case Function::mish:
      return x * std::tanh(softplus(x));
    case Function::swish:
      return x * sigmoid(a * x);
    case Function::floor:
      return std::floor(x);
    case Function::ceil:
      return std::ceil(x);
    case Function::round:
      return std::nearbyint(x);
    case Function::truncate:
      return std::trunc(x);
    case Function::sign:
      return x > 0 ? 1 : x < 0 ? -1 : 0;
    case Function::power:
      return std::pow(x, a);
    case Function::sine:
      return std::sin(x);
    case Function::cosine:
      return std::cos(x);
  }
  return x;
}

}  // namespace

float apply_function(Function function, const float parameters[2], float x) {
  return static_cast<float>(function_of(function, double{parameters[0]}, double{parameters[1]}, double{x}));
}

}  // namespace inloop::nn
