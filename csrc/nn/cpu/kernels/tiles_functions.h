// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "nn/cpu/kernels/table.h"
#include "nn/cpu/kernels/tiles_unroll.h"

// Functions of float vectors, shared by ISAs. V gives the lanes and their instructions. All of them stay within
// 5e-7 * max(1, |x|, |f(x)|) of f(x), except that exp does so relative to f(x). The bits of a number do not
// depend on its place. NaN stays NaN: the instructions for min and max return their second operand where one
// is NaN.
namespace inloop::nn {
namespace {

// e^r - 1 - r by a polynomial (Cephes, expf), for |r| <= log(2) / 2.
template <class V>
INLINE typename V::Vector exp_rest(typename V::Vector r) {
  typename V::Vector p = V::set(1.9875691500e-4f);
  for (const float c :
       {1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f, 1.6666665459e-1f, 5.0000001201e-1f})
    p = V::multiply_add(p, r, V::set(c));
  return V::multiply(V::multiply(p, r), r);
}

// e^x for x limited to -104 .. 89, where it is 0 or infinite already; 2^n is applied in two halves.
template <class V>
INLINE typename V::Vector exponential(typename V::Vector x) {
  x = V::min(V::set(89), V::max(V::set(-104), x));
  const auto n = V::round(V::multiply(x, V::set(1.44269504088896341f)));
  auto r = V::multiply_add(n, V::set(-0.693359375f), x);
  r = V::multiply_add(n, V::set(2.12194440e-4f), r);
  const auto y = V::add(V::add(exp_rest<V>(r), r), V::set(1));
  const auto half = V::round(V::multiply(n, V::set(0.5f)));
  return V::multiply(V::multiply(y, V::power_of_two(half)), V::power_of_two(V::subtract(n, half)));
}

template <class V>
INLINE typename V::Vector sigmoid(typename V::Vector x) {
  // The result stays a normal number: those below are slow, and -infinity times 0 would be no number.
  const auto e = exponential<V>(V::min(V::set(87), V::subtract(V::set(0), x)));
  return V::divide(V::set(1), V::add(V::set(1), e));
}

// An odd polynomial (Cephes, tanhf) below 0.625, else 1 - 2 / (e^2|x| + 1).
template <class V>
INLINE typename V::Vector hyperbolic_tangent(typename V::Vector x) {
  const auto size = V::magnitude(x), square = V::multiply(x, x);
  typename V::Vector p = V::set(-5.70498872745e-3f);
  for (const float c : {2.06390887954e-2f, -5.37397155531e-2f, 1.33314422036e-1f, -3.33332819422e-1f})
    p = V::multiply_add(p, square, V::set(c));
  const auto near = V::multiply_add(V::multiply(p, square), size, size);
  const auto e = exponential<V>(V::add(size, size));
  const auto far = V::subtract(V::set(1), V::divide(V::set(2), V::add(e, V::set(1))));
  return V::with_sign_of(V::choose_below(size, V::set(0.625f), near, far), x);
}

// Abramowitz and Stegun, 7.1.26, within 1.5e-7; beyond 4 it is 1.
template <class V>
INLINE typename V::Vector error_function(typename V::Vector x) {
  const auto size = V::min(V::set(4), V::magnitude(x));
  const auto t = V::divide(V::set(1), V::multiply_add(size, V::set(0.3275911f), V::set(1)));
  typename V::Vector p = V::set(1.061405429f);
  for (const float c : {-1.453152027f, 1.421413741f, -0.284496736f, 0.254829592f})
    p = V::multiply_add(p, t, V::set(c));
  const auto e = exponential<V>(V::subtract(V::set(0), V::multiply(size, size)));
  const auto rest = V::multiply(V::multiply(p, t), e);
  return V::with_sign_of(V::subtract(V::set(1), rest), x);
}

template <class V>
INLINE typename V::Vector gelu(typename V::Vector x) {
  const auto half = V::multiply(x, V::set(0.5f));
  return V::multiply_add(half, error_function<V>(V::multiply(x, V::set(0.707106781186547524f))), half);
}

template <class V>
INLINE typename V::Vector gelu_tanh(typename V::Vector x) {
  const auto cubic = V::multiply_add(V::multiply(x, x), V::set(0.044715f), V::set(1));
  return V::multiply(x, sigmoid<V>(V::multiply(V::multiply(x, cubic), V::set(1.59576912160573071f))));
}

// x tanh(log(1 + e^x)) = x (e^2x + 2 e^x) / (e^2x + 2 e^x + 2)
template <class V>
INLINE typename V::Vector mish(typename V::Vector x) {
  const auto e = exponential<V>(V::min(V::set(20), x)), s = V::multiply(e, V::add(e, V::set(2)));
  return V::multiply(x, V::divide(s, V::add(s, V::set(2))));
}

template <class V, class Of>
INLINE void for_vectors(const float* x, float* y, int count, Of of) {
  int i = 0;
  for (; i + V::kLanes <= count; i += V::kLanes) V::store(y + i, of(V::load(x + i)));
  if (i == count) return;
  float last[V::kLanes] = {};
  for (int j = 0; i + j < count; ++j) last[j] = x[i + j];
  V::store(last, of(V::load(last)));
  for (int j = 0; i + j < count; ++j) y[i + j] = last[j];
}

template <class V>
void function_f32(VectorFunction function, float a, float b, const float* x, float* y, int count) {
  using Vector = typename V::Vector;
  switch (function) {
    case VectorFunction::exp:
      return for_vectors<V>(x, y, count, [](Vector v) { return exponential<V>(v); });
    case VectorFunction::sigmoid:
      return for_vectors<V>(x, y, count, [](Vector v) { return sigmoid<V>(v); });
    case VectorFunction::swish:
      return for_vectors<V>(x, y, count,
                            [a](Vector v) { return V::multiply(v, sigmoid<V>(V::multiply(V::set(a), v))); });
    case VectorFunction::tanh:
      return for_vectors<V>(x, y, count, [](Vector v) { return hyperbolic_tangent<V>(v); });
    case VectorFunction::erf:
      return for_vectors<V>(x, y, count, [](Vector v) { return error_function<V>(v); });
    case VectorFunction::gelu:
      return for_vectors<V>(x, y, count, [](Vector v) { return gelu<V>(v); });
    case VectorFunction::gelu_tanh:
      return for_vectors<V>(x, y, count, [](Vector v) { return gelu_tanh<V>(v); });
    case VectorFunction::mish:
      return for_vectors<V>(x, y, count, [](Vector v) { return mish<V>(v); });
    case VectorFunction::elu:
      return for_vectors<V>(x, y, count, [a, b](Vector v) {
        const auto e = exponential<V>(V::multiply(V::set(b), v));
        const auto below = V::multiply(V::set(a), V::subtract(e, V::set(1)));
        return V::choose_below(v, V::set(0), below, v);
      });
  }
}

}  // namespace
}  // namespace inloop::nn
