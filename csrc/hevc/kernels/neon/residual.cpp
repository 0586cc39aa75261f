// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <arm_neon.h>

#include "hevc/kernels/table.h"

namespace inloop::hevc {
namespace {

void subtract(int16_t* residual, ptrdiff_t residual_stride, const uint16_t* a, ptrdiff_t a_stride,
              const uint16_t* b, ptrdiff_t b_stride, int width, int height) {
  for (int y = 0; y < height; ++y, residual += residual_stride, a += a_stride, b += b_stride) {
    int x = 0;
    for (; x + 8 <= width; x += 8)
      vst1q_s16(residual + x, vreinterpretq_s16_u16(vsubq_u16(vld1q_u16(a + x), vld1q_u16(b + x))));
    for (; x + 4 <= width; x += 4)
      vst1_s16(residual + x, vreinterpret_s16_u16(vsub_u16(vld1_u16(a + x), vld1_u16(b + x))));
  }
}

// The sum of a sample and a residual saturates only where it would be clipped anyway.
void add_residual(uint16_t* dst, ptrdiff_t dst_stride, const int16_t* residual, ptrdiff_t residual_stride,
                  int width, int height, int bit_depth) {
  const int16x8_t max = vdupq_n_s16(static_cast<int16_t>((1 << bit_depth) - 1)), zero = vdupq_n_s16(0);
  const auto clip = [&](int16x8_t v) { return vreinterpretq_u16_s16(vmaxq_s16(vminq_s16(v, max), zero)); };
  for (int y = 0; y < height; ++y, dst += dst_stride, residual += residual_stride) {
    int x = 0;
    for (; x + 8 <= width; x += 8) {
      const int16x8_t samples = vreinterpretq_s16_u16(vld1q_u16(dst + x));
      vst1q_u16(dst + x, clip(vqaddq_s16(samples, vld1q_s16(residual + x))));
    }
    for (; x + 4 <= width; x += 4) {
      const int16x4_t samples = vreinterpret_s16_u16(vld1_u16(dst + x));
      const int16x4_t sum = vqadd_s16(samples, vld1_s16(residual + x));
      vst1_u16(dst + x, vget_low_u16(clip(vcombine_s16(sum, sum))));
    }
  }
}

}  // namespace

void fill_residual_neon(KernelTable& table) {
  table.subtract = subtract;
  table.add_residual = add_residual;
}

}  // namespace inloop::hevc
