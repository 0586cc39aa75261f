// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "nn/graph/integer_rules.h"
#include "nn/graph/layer_fields.h"

namespace inloop::nn {

// What an operation does with elements of one type: integers follow the rules of README.md, real numbers have
// no shifts and no saturation. `Wide` holds sums, `OfTwo` the sum or the difference of two elements.
template <class T>
struct Rules;

template <>
struct Rules<int16_t> {
  using Wide = int64_t;
  using OfTwo = int32_t;
  template <class Number>
  static Number right(Number value, int shift) {
    return static_cast<Number>(value >> shift);
  }
  static Wide left(Wide value, int shift) { return left_rule(value, shift); }
  template <class Number>
  static Number saturated(Number value) {
    return saturate(value);
  }
  static Wide bias(Wide x, Wide bias, int d) { return bias_rule(x, bias, d); }
  static Wide prelu(Wide x, Wide slope, int shift) { return prelu_rule(x, slope, shift); }
  // The sum wraps modulo 2^32, as that of the kernels.
  static Wide convolved(Wide sum, int shift) { return saturate(static_cast<int32_t>(sum) >> shift); }
  static Wide mean(Wide sum, int64_t count) { return saturate(mean_rule(sum, count)); }
  struct Interpolator {
    int64_t wy, wx;
    Interpolator(const Fraction& y, const Fraction& x) : wy(y.weight()), wx(x.weight()) {}
    Wide operator()(Wide a, Wide b, Wide c, Wide d) const {
      return saturate(bilinear_rule(a, b, c, d, wy, wx));
    }
  };
  static void cubic_weights(const Fraction& at, int quarters, Wide (&weights)[4]) {
    cubic_rule(at.weight(), quarters, weights);
  }
  static Wide weighted(Wide sum) { return saturate(sum >> 22); }
  // Brings an operand to the larger quantizer, which is exact.
  static Wide aligned(Wide value, int shift) { return value * (int64_t{1} << shift); }
};

template <>
struct Rules<float> {
  using Wide = double;
  using OfTwo = float;
  template <class Number>
  static Number right(Number value, int) {
    return value;
  }
  static Wide left(Wide value, int) { return value; }
  template <class Number>
  static Number saturated(Number value) {
    return value;
  }
  static Wide bias(Wide x, Wide bias, int) { return x + bias; }
  static Wide prelu(Wide x, Wide slope, int) { return x < 0 ? x * slope : x; }
  static Wide convolved(Wide sum, int) { return sum; }
  static Wide mean(Wide sum, int64_t count) { return sum / static_cast<double>(count); }
  struct Interpolator {
    double wy, wx;
    Interpolator(const Fraction& y, const Fraction& x) : wy(y.value()), wx(x.value()) {}
    Wide operator()(Wide a, Wide b, Wide c, Wide d) const {
      return (a * (1 - wx) + b * wx) * (1 - wy) + (c * (1 - wx) + d * wx) * wy;
    }
  };
  static void cubic_weights(const Fraction& at, int quarters, Wide (&weights)[4]) {
    const double a = -quarters / 4.0, t = at.value(), u = 1 - t;
    weights[0] = a * ((t - 2) * t + 1) * t;
    weights[1] = ((a + 2) * t - (a + 3)) * t * t + 1;
    weights[2] = ((a + 2) * u - (a + 3)) * u * u + 1;
    weights[3] = a * ((u - 2) * u + 1) * u;
  }
  static Wide weighted(Wide sum) { return sum; }
  static Wide aligned(Wide value, int) { return value; }
};

template <class Number>
bool compares(Comparison comparison, Number a, Number b) {
  switch (comparison) {
    case Comparison::less:
      return a < b;
    case Comparison::less_equal:
      return a <= b;
    case Comparison::greater:
      return a > b;
    case Comparison::greater_equal:
      return a >= b;
    case Comparison::equal:
      return a == b;
    case Comparison::not_equal:
      return a != b;
  }
  return false;
}

}  // namespace inloop::nn
