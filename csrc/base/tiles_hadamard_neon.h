// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <arm_neon.h>
#include <stdint.h>

// NEON building blocks for Hadamard transforms of differences. They work on 16-bit lanes: all stages except
// the last grow a 10-bit difference to 15 bits at most. The last stage is never computed, because |p + q| +
// |p - q| = 2 max(|p|, |q|). The sums are therefore half of the sum of absolute coefficients.
namespace inloop {
namespace {

inline int16x8_t max_abs(int16x8_t p, int16x8_t q) { return vmaxq_s16(vabsq_s16(p), vabsq_s16(q)); }
inline int16x4_t max_abs(int16x4_t p, int16x4_t q) { return vmax_s16(vabs_s16(p), vabs_s16(q)); }

inline void butterfly(int16x8_t& p, int16x8_t& q) {
  const int16x8_t sum = vaddq_s16(p, q);
  q = vsubq_s16(p, q);
  p = sum;
}

inline void butterfly(int16x4_t& p, int16x4_t& q) {
  const int16x4_t sum = vadd_s16(p, q);
  q = vsub_s16(p, q);
  p = sum;
}

inline void transpose(int16x4_t* d) {
  const int16x4x2_t a = vtrn_s16(d[0], d[1]), b = vtrn_s16(d[2], d[3]);
  const int32x2x2_t even = vtrn_s32(vreinterpret_s32_s16(a.val[0]), vreinterpret_s32_s16(b.val[0]));
  const int32x2x2_t odd = vtrn_s32(vreinterpret_s32_s16(a.val[1]), vreinterpret_s32_s16(b.val[1]));
  d[0] = vreinterpret_s16_s32(even.val[0]), d[1] = vreinterpret_s16_s32(odd.val[0]);
  d[2] = vreinterpret_s16_s32(even.val[1]), d[3] = vreinterpret_s16_s32(odd.val[1]);
}

inline void transpose(int16x8_t* d) {
  int32x4_t pairs[8];
  for (int i = 0; i < 8; i += 2) {
    pairs[i] = vreinterpretq_s32_s16(vtrn1q_s16(d[i], d[i + 1]));
    pairs[i + 1] = vreinterpretq_s32_s16(vtrn2q_s16(d[i], d[i + 1]));
  }
  int64x2_t fours[8];
  for (int i = 0; i < 8; i += 4) {
    for (int j = 0; j < 2; ++j) {
      fours[i + j] = vreinterpretq_s64_s32(vtrn1q_s32(pairs[i + j], pairs[i + j + 2]));
      fours[i + j + 2] = vreinterpretq_s64_s32(vtrn2q_s32(pairs[i + j], pairs[i + j + 2]));
    }
  }
  for (int i = 0; i < 4; ++i) {
    d[i] = vreinterpretq_s16_s64(vtrn1q_s64(fours[i], fours[i + 4]));
    d[i + 4] = vreinterpretq_s16_s64(vtrn2q_s64(fours[i], fours[i + 4]));
  }
}

// Returns the SATD of an 8x8 tile whose differences are the rows d[0] to d[7].
inline uint32_t satd8_tile(int16x8_t* d) {
  for (int half = 4; half >= 1; half /= 2) {
    for (int i = 0; i < 8; ++i) {
      if (!(i & half)) butterfly(d[i], d[i + half]);
    }
  }
  transpose(d);
  for (int half = 4; half >= 2; half /= 2) {
    for (int i = 0; i < 8; ++i) {
      if (!(i & half)) butterfly(d[i], d[i + half]);
    }
  }
  uint32x4_t sum = vdupq_n_u32(0);
  for (int i = 0; i < 8; i += 2) sum = vpadalq_u16(sum, vreinterpretq_u16_s16(max_abs(d[i], d[i + 1])));
  return (vaddvq_u32(sum) + 1) >> 1;
}

// Returns the SATD of a 4x4 tile.
inline uint32_t satd4_tile(int16x4_t* d) {
  butterfly(d[0], d[2]), butterfly(d[1], d[3]);
  butterfly(d[0], d[1]), butterfly(d[2], d[3]);
  transpose(d);
  butterfly(d[0], d[2]), butterfly(d[1], d[3]);
  return vaddlv_u16(vreinterpret_u16_s16(max_abs(d[0], d[1]))) +
         vaddlv_u16(vreinterpret_u16_s16(max_abs(d[2], d[3])));
}

}  // namespace
}  // namespace inloop
