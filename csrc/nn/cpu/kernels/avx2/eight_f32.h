// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <immintrin.h>

#include "nn/cpu/kernels/tiles_f32.h"

namespace inloop::nn {
namespace {

// Vectors of eight floats for tiles_f32.h.
struct Eight {
  using Vector = __m256;
  static constexpr int kLanes = 8;
  static INLINE Vector zero() { return _mm256_setzero_ps(); }
  static INLINE Vector load(const float* at) { return _mm256_loadu_ps(at); }
  static INLINE void store(float* at, Vector v) { _mm256_storeu_ps(at, v); }
  static INLINE Vector broadcast(const float* at) { return _mm256_broadcast_ss(at); }
  static INLINE Vector add(Vector a, Vector b) { return _mm256_add_ps(a, b); }
  static INLINE void multiply_add(Vector& sum, Vector a, Vector b) { sum = _mm256_fmadd_ps(a, b, sum); }

  struct Constants {
    Vector first, second;
  };
  template <Activation Kind>
  static INLINE Constants constants(const EpilogueF32& e, int c) {
    if constexpr (Kind == Activation::prelu) return {load(e.slope + c), zero()};
    if constexpr (Kind == Activation::clip) return {_mm256_set1_ps(e.low), _mm256_set1_ps(e.high)};
    return {zero(), zero()};
  }
  // The instructions for min and max return their second operand where one operand is NaN.
  template <Activation Kind>
  static INLINE Vector activate(Vector v, const Constants& k) {
    if constexpr (Kind == Activation::none) return v;
    if constexpr (Kind == Activation::relu) return _mm256_max_ps(k.first, v);
    if constexpr (Kind == Activation::clip) return _mm256_min_ps(k.second, _mm256_max_ps(k.first, v));
    const Vector negative = _mm256_cmp_ps(v, zero(), _CMP_LT_OQ);
    return _mm256_blendv_ps(v, _mm256_mul_ps(v, k.first), negative);
  }
};

}  // namespace
}  // namespace inloop::nn
