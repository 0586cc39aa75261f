// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <arm_neon.h>

#include "nn/cpu/kernels/tiles_i16.h"

// Vectors of 128 bits for tiles_i16.h.
namespace inloop::nn {
namespace {

struct Eight {
  using Vector = int16x8_t;
  static constexpr int kChannels = 8;
  static INLINE Vector load(const int16_t* at) { return vld1q_s16(at); }
  static INLINE void store(int16_t* at, Vector v) { vst1q_s16(at, v); }
  static INLINE Vector all(int16_t v) { return vdupq_n_s16(v); }
  static INLINE Vector max(Vector a, Vector b) { return vmaxq_s16(a, b); }
  static INLINE Vector min(Vector a, Vector b) { return vminq_s16(a, b); }
  static INLINE Vector add(Vector a, Vector b) { return vaddq_s16(a, b); }
  static INLINE Vector adds(Vector a, Vector b) { return vqaddq_s16(a, b); }
  // The doubling product saturates for -32768 * -32768 only, which does not occur: values are symmetric.
  static INLINE Vector mulhi(Vector a, Vector b) { return vshrq_n_s16(vqdmulhq_s16(a, b), 1); }
  static INLINE Vector mullo(Vector a, Vector b) { return vmulq_s16(a, b); }
  static INLINE Vector sra(Vector a, int n) { return vshlq_s16(a, vdupq_n_s16(static_cast<int16_t>(-n))); }
  static INLINE Vector load_sums(const int32_t* at) { return vreinterpretq_s16_s32(vld1q_s32(at)); }
  static INLINE Vector interleave_low(Vector a, Vector b) { return vzip1q_s16(a, b); }
  static INLINE Vector interleave_high(Vector a, Vector b) { return vzip2q_s16(a, b); }
  static INLINE Vector upper(Vector a) {
    return vreinterpretq_s16_u32(vshlq_n_u32(vreinterpretq_u32_s16(a), 16));
  }
  static INLINE Vector lower(Vector a) {
    return vreinterpretq_s16_u32(vshrq_n_u32(vreinterpretq_u32_s16(a), 16));
  }
  static INLINE Vector either(Vector a, Vector b) { return vorrq_s16(a, b); }
  static INLINE Vector pack(int32x4_t low, int32x4_t high, int shift) {
    const int32x4_t n = vdupq_n_s32(-shift);
    return vqmovn_high_s32(vqmovn_s32(vshlq_s32(low, n)), vshlq_s32(high, n));
  }
  static INLINE Vector pack(Vector low, Vector high, int shift) {
    return pack(vreinterpretq_s32_s16(low), vreinterpretq_s32_s16(high), shift);
  }
};

struct FourSums {
  using Sum = int32x4_t;
  using Weights = int16x4x2_t;  // of the first channel of each pair, and of the second
  using Pair = Eight;
  static constexpr int kLanes = 4;
  static INLINE Sum load(const int32_t* at) { return vld1q_s32(at); }
  static INLINE Weights load_weights(const int16_t* at) { return vld2_s16(at); }
  static INLINE int16x4_t broadcast(const int16_t* pair) {
    int32_t both;
    __builtin_memcpy(&both, pair, sizeof both);
    return vreinterpret_s16_s32(vdup_n_s32(both));
  }
  static INLINE int16x8_t pack(Sum low, Sum high, int shift) { return Eight::pack(low, high, shift); }
};

}  // namespace
}  // namespace inloop::nn
