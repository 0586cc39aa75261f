// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "coolchic/exponential.h"

#include <cmath>

namespace inloop::coolchic {
namespace {

// A number as an unevaluated sum, where |low| is at most half a unit in the last place of high. It has some
// 106 bits.
struct Pair {
  double high;
  double low;
};

Pair exact_sum(double a, double b) {
  const double sum = a + b;
  const double b_part = sum - a;
  return {sum, (a - (sum - b_part)) + (b - b_part)};
}

// This needs |a| >= |b|.
Pair ordered_sum(double a, double b) {
  const double sum = a + b;
  return {sum, b - (sum - a)};
}

// Returns the upper 26 bits; what is left fits 26 bits and a sign.
double upper_half(double a) {
  const double scaled = 134217729.0 * a;  // 2^27 + 1
  return scaled - (scaled - a);
}

Pair exact_product(double a, double b) {
  const double product = a * b;
  const double a1 = upper_half(a), a2 = a - a1, b1 = upper_half(b), b2 = b - b1;
  return {product, ((a1 * b1 - product) + a1 * b2 + a2 * b1) + a2 * b2};
}

Pair operator+(Pair a, Pair b) {
  Pair sum = exact_sum(a.high, b.high);
  const Pair low = exact_sum(a.low, b.low);
  sum = ordered_sum(sum.high, sum.low + low.high);
  return ordered_sum(sum.high, sum.low + low.low);
}

Pair operator*(Pair a, Pair b) {
  const Pair product = exact_product(a.high, b.high);
  return ordered_sum(product.high, product.low + (a.high * b.low + a.low * b.high));
}

Pair operator/(Pair a, double b) {
  const double quotient = a.high / b;
  const Pair product = exact_product(quotient, b);
  return ordered_sum(quotient, ((a.high - product.high) - product.low + a.low) / b);
}

// Ln 2 in three parts. The first has 32 bits, so that its multiples up to 2^20 are exact.
constexpr double kLn2High = 0x1.62e42feep-1;
constexpr double kLn2Middle = 0x1.a39ef35793c76p-33;
constexpr double kLn2Low = 0x1.cc01f97b57a08p-87;

}  // namespace

double exp_of_negative(double z) {
  const double octaves = std::floor(z / kLn2High);
  // Z = octaves * ln 2 + rest, and exp(-rest) is the 64th power of exp(-rest / 64).
  const Pair middle = exact_product(octaves, kLn2Middle);
  Pair rest = exact_sum(z, -octaves * kLn2High) + Pair{-middle.high, -middle.low - octaves * kLn2Low};
  rest = {rest.high / -64, rest.low / -64};
  Pair sum = {1, 0};
  for (int n = 13; n > 0; --n) sum = Pair{1, 0} + rest * sum / n;
  for (int i = 0; i < 6; ++i) sum = sum * sum;
  return std::ldexp(sum.high, -static_cast<int>(octaves));
}

}  // namespace inloop::coolchic
