// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "codec/kernels/table.h"
#include "codec/types.h"

namespace inloop::codec {
namespace {

int sign(int value) { return (value > 0) - (value < 0); }

void sao_band(const uint16_t* src, ptrdiff_t src_stride, uint16_t* dst, ptrdiff_t dst_stride, int width,
              int height, int band_position, const int8_t offset[4], int bit_depth) {
  int8_t table[32] = {};
  for (int k = 0; k < 4; ++k) table[(k + band_position) & 31] = offset[k];
  const int max_value = (1 << bit_depth) - 1;
  for (int y = 0; y < height; ++y, src += src_stride, dst += dst_stride) {
    for (int x = 0; x < width; ++x) {
      dst[x] = static_cast<uint16_t>(clip3(0, max_value, src[x] + table[(src[x] >> (bit_depth - 5)) & 31]));
    }
  }
}

void sao_edge(const uint16_t* src, ptrdiff_t src_stride, uint16_t* dst, ptrdiff_t dst_stride, int width,
              int height, int eo_class, const int8_t offset[4], int bit_depth) {
  // Towards neighbour a; b lies opposite. Horizontal, vertical, 135 and 45 degrees.
  const ptrdiff_t steps[4] = {-1, -src_stride, -src_stride - 1, -src_stride + 1};
  const ptrdiff_t step = steps[eo_class];
  // By 2 + sign(c - a) + sign(c - b): valley, concave corner, none, convex corner, peak.
  const int8_t table[5] = {offset[0], offset[1], 0, offset[2], offset[3]};
  const int max_value = (1 << bit_depth) - 1;
  for (int y = 0; y < height; ++y, src += src_stride, dst += dst_stride) {
    for (int x = 0; x < width; ++x) {
      const int shape = 2 + sign(src[x] - src[x + step]) + sign(src[x] - src[x - step]);
      dst[x] = static_cast<uint16_t>(clip3(0, max_value, src[x] + table[shape]));
    }
  }
}

}  // namespace

void fill_sao_scalar(KernelTable& table) {
  table.sao_band = sao_band;
  table.sao_edge = sao_edge;
}

}  // namespace inloop::codec
