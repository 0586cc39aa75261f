// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <arm_neon.h>

#include "base/tiles_hadamard_neon.h"
#include "hevc/kernels/table.h"

namespace inloop::hevc {
namespace {

int16x8_t difference8(const uint16_t* a, const uint16_t* b) {
  return vreinterpretq_s16_u16(vsubq_u16(vld1q_u16(a), vld1q_u16(b)));
}
int16x4_t difference4(const uint16_t* a, const uint16_t* b) {
  return vreinterpret_s16_u16(vsub_u16(vld1_u16(a), vld1_u16(b)));
}

uint64_t sse(const uint16_t* a, ptrdiff_t a_stride, const uint16_t* b, ptrdiff_t b_stride, int width,
             int height) {
  uint64x2_t sum = vdupq_n_u64(0);
  for (int y = 0; y < height; ++y, a += a_stride, b += b_stride) {
    // The squares of a row of 64 samples of 10 bits fit.
    uint32x4_t row = vdupq_n_u32(0);
    const auto add_square = [&row](int16x4_t d) {
      row = vaddq_u32(row, vreinterpretq_u32_s32(vmull_s16(d, d)));
    };
    int x = 0;
    for (; x + 8 <= width; x += 8) {
      const int16x8_t d = difference8(a + x, b + x);
      add_square(vget_low_s16(d));
      add_square(vget_high_s16(d));
    }
    if (x < width) add_square(difference4(a + x, b + x));
    sum = vpadalq_u32(sum, row);
  }
  return vaddvq_u64(sum);
}

uint32_t sad(const uint16_t* a, ptrdiff_t a_stride, const uint16_t* b, ptrdiff_t b_stride, int width,
             int height) {
  uint32x4_t sum = vdupq_n_u32(0);
  for (int y = 0; y < height; ++y, a += a_stride, b += b_stride) {
    int x = 0;
    for (; x + 8 <= width; x += 8) sum = vpadalq_u16(sum, vabdq_u16(vld1q_u16(a + x), vld1q_u16(b + x)));
    if (x < width) sum = vaddw_u16(sum, vabd_u16(vld1_u16(a + x), vld1_u16(b + x)));
  }
  return vaddvq_u32(sum);
}

uint32_t satd8x8(const uint16_t* a, ptrdiff_t a_stride, const uint16_t* b, ptrdiff_t b_stride) {
  int16x8_t d[8];
  for (int y = 0; y < 8; ++y) d[y] = difference8(a + y * a_stride, b + y * b_stride);
  return satd8_tile(d);
}

uint32_t satd4x4(const uint16_t* a, ptrdiff_t a_stride, const uint16_t* b, ptrdiff_t b_stride) {
  int16x4_t d[4];
  for (int y = 0; y < 4; ++y) d[y] = difference4(a + y * a_stride, b + y * b_stride);
  return satd4_tile(d);
}

template <int n, class Tile>
uint32_t sum_of_tiles(const uint16_t* a, ptrdiff_t a_stride, const uint16_t* b, ptrdiff_t b_stride, int width,
                      int height, Tile tile) {
  uint32_t sum = 0;
  for (int y = 0; y < height; y += n, a += n * a_stride, b += n * b_stride) {
    for (int x = 0; x < width; x += n) sum += tile(a + x, a_stride, b + x, b_stride);
  }
  return sum;
}

uint32_t satd(const uint16_t* a, ptrdiff_t a_stride, const uint16_t* b, ptrdiff_t b_stride, int width,
              int height) {
  const bool large = width % 8 == 0 && height % 8 == 0;
  return large ? sum_of_tiles<8>(a, a_stride, b, b_stride, width, height, satd8x8)
               : sum_of_tiles<4>(a, a_stride, b, b_stride, width, height, satd4x4);
}

}  // namespace

void fill_distance_neon(KernelTable& table) {
  table.sse = sse;
  table.sad = sad;
  table.satd = satd;
}

}  // namespace inloop::hevc
