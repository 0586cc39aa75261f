// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "lookahead/kernels/table.h"

namespace inloop::lookahead {
namespace {

template <class T>
void halve(const T* src, ptrdiff_t src_stride, uint8_t* dst, ptrdiff_t dst_stride, int width, int height,
           int shift) {
  const int rounding = 2 << shift;
  for (int y = 0; y < height; ++y, src += 2 * src_stride, dst += dst_stride) {
    const T* below = src + src_stride;
    for (int x = 0; x < width; ++x) {
      const int sum = src[2 * x] + src[2 * x + 1] + below[2 * x] + below[2 * x + 1];
      const int mean = (sum + rounding) >> (2 + shift);
      dst[x] = static_cast<uint8_t>(mean > 255 ? 255 : mean);  // the largest 10-bit sample rounds up to 256
    }
  }
}

void halve_u8(const uint8_t* src, ptrdiff_t src_stride, uint8_t* dst, ptrdiff_t dst_stride, int width,
              int height) {
  halve(src, src_stride, dst, dst_stride, width, height, 0);
}

void halve_u16(const uint16_t* src, ptrdiff_t src_stride, uint8_t* dst, ptrdiff_t dst_stride, int width,
               int height, int shift) {
  halve(src, src_stride, dst, dst_stride, width, height, shift);
}

void half_pel8x8(const uint8_t* src, ptrdiff_t stride, int right, int down, uint8_t* dst) {
  const int log2_count = right + down, rounding = (1 << log2_count) >> 1;
  for (int y = 0; y < 8; ++y, src += stride, dst += 8) {
    for (int x = 0; x < 8; ++x) {
      int sum = src[x] + rounding;
      if (right) sum += src[x + 1];
      if (down) sum += src[x + stride];
      if (right && down) sum += src[x + stride + 1];
      dst[x] = static_cast<uint8_t>(sum >> log2_count);
    }
  }
}

void average8x8(const uint8_t* a, const uint8_t* b, uint8_t* dst) {
  for (int i = 0; i < 64; ++i) dst[i] = static_cast<uint8_t>((a[i] + b[i] + 1) >> 1);
}

}  // namespace

void fill_resample_scalar(KernelTable& table) {
  table.halve_u8 = halve_u8;
  table.halve_u16 = halve_u16;
  table.half_pel8x8 = half_pel8x8;
  table.average8x8 = average8x8;
}

}  // namespace inloop::lookahead
