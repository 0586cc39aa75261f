// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/graph/functions.h"

#include <algorithm>
#include <cmath>

namespace inloop::nn {
namespace {

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double softplus(double x) { return x > 30 ? x : std::log1p(std::exp(x)); }
double gelu_tanh(double x) {
  return 0.5 * x * (1 + std::tanh(std::sqrt(2 / 3.14159265358979323846) * (x + 0.044715 * x * x * x)));
}

// Calls visit() with the function, which takes a double.
template <class Visit>
void with_function(Function function, double a, double b, Visit visit) {
  switch (function) {
    case Function::sigmoid:
      return visit(sigmoid);
    case Function::hard_sigmoid:
      return visit([=](double x) { return std::clamp(a * x + b, 0.0, 1.0); });
    case Function::hard_swish:
      return visit([](double x) { return x * std::clamp(x / 6 + 0.5, 0.0, 1.0); });
    case Function::tanh:
      return visit([](double x) { return std::tanh(x); });
    case Function::gelu:
      return visit([](double x) { return 0.5 * x * (1 + std::erf(x / std::sqrt(2.0))); });
    case Function::gelu_tanh:
      return visit(gelu_tanh);
    case Function::erf:
      return visit([](double x) { return std::erf(x); });
    case Function::exp:
      return visit([](double x) { return std::exp(x); });
    case Function::log:
      return visit([](double x) { return std::log(x); });
    case Function::sqrt:
      return visit([](double x) { return std::sqrt(x); });
    case Function::reciprocal:
      return visit([](double x) { return 1 / x; });
    case Function::abs:
      return visit([](double x) { return std::fabs(x); });
    case Function::softplus:
      return visit(softplus);
    case Function::softsign:
      return visit([](double x) { return x / (1 + std::fabs(x)); });
    case Function::elu:
      return visit([=](double x) { return x < 0 ? a * std::expm1(b * x) : x; });
    case Function::mish:
      return visit([](double x) { return x * std::tanh(softplus(x)); });
    case Function::swish:
      return visit([=](double x) { return x * sigmoid(a * x); });
    case Function::floor:
      return visit([](double x) { return std::floor(x); });
    case Function::ceil:
      return visit([](double x) { return std::ceil(x); });
    case Function::round:
      return visit([](double x) { return std::nearbyint(x); });
    case Function::truncate:
      return visit([](double x) { return std::trunc(x); });
    case Function::sign:
      return visit([](double x) { return x > 0 ? 1.0 : x < 0 ? -1.0 : 0.0; });
    case Function::power:
      return visit([=](double x) { return std::pow(x, a); });
    case Function::sine:
      return visit([](double x) { return std::sin(x); });
    case Function::cosine:
      return visit([](double x) { return std::cos(x); });
  }
}

}  // namespace

void apply_function(Function function, const float parameters[2], const float* x, float* y, int count) {
  with_function(function, double{parameters[0]}, double{parameters[1]}, [=](auto of) {
    for (int i = 0; i < count; ++i) y[i] = static_cast<float>(of(double{x[i]}));
  });
}

}  // namespace inloop::nn
