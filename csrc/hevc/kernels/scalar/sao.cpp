// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/kernels/table.h"
#include "hevc/syntax/types.h"

namespace inloop::hevc {
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
  // The step leads to neighbour a, and b lies opposite. The classes are horizontal, vertical, 135 and 45
  // degrees.
  const ptrdiff_t steps[4] = {-1, -src_stride, -src_stride - 1, -src_stride + 1};
  const ptrdiff_t step = steps[eo_class];
  // The index is 2 + sign(c - a) + sign(c - b): valley, concave corner, none, convex corner, peak.
  const int8_t table[5] = {offset[0], offset[1], 0, offset[2], offset[3]};
  const int max_value = (1 << bit_depth) - 1;
  for (int y = 0; y < height; ++y, src += src_stride, dst += dst_stride) {
    for (int x = 0; x < width; ++x) {
      const int shape = 2 + sign(src[x] - src[x + step]) + sign(src[x] - src[x - step]);
      dst[x] = static_cast<uint16_t>(clip3(0, max_value, src[x] + table[shape]));
    }
  }
}

void sao_edge_statistics(const uint16_t* rec, ptrdiff_t rec_stride, const uint16_t* source,
                         ptrdiff_t source_stride, int width, int height, int eo_class, int32_t count[4],
                         int32_t error[4]) {
  const ptrdiff_t steps[4] = {-1, -rec_stride, -rec_stride - 1, -rec_stride + 1};
  const ptrdiff_t step = steps[eo_class];
  int32_t counts[5] = {}, errors[5] = {};  // the index is 2 + sign + sign, as in sao_edge
  for (int y = 0; y < height; ++y, rec += rec_stride, source += source_stride) {
    for (int x = 0; x < width; ++x) {
      const int shape = 2 + sign(rec[x] - rec[x + step]) + sign(rec[x] - rec[x - step]);
      ++counts[shape];
      errors[shape] += source[x] - rec[x];
    }
  }
  for (int k = 0; k < 4; ++k) {
    count[k] = counts[k < 2 ? k : k + 1];
    error[k] = errors[k < 2 ? k : k + 1];
  }
}

void sao_band_statistics(const uint16_t* rec, ptrdiff_t rec_stride, const uint16_t* source,
                         ptrdiff_t source_stride, int width, int height, int bit_depth, int32_t count[32],
                         int32_t error[32]) {
  // Neighbouring samples often fall into one band. With two tables they need not wait for each other.
  // Count and error share an element.
  int64_t sums[2][32] = {};
  for (int y = 0; y < height; ++y, rec += rec_stride, source += source_stride) {
    for (int x = 0; x < width; ++x) {
      sums[x & 1][(rec[x] >> (bit_depth - 5)) & 31] += (int64_t{1} << 32) + source[x] - rec[x];
    }
  }
  for (int band = 0; band < 32; ++band) {
    const int64_t sum = sums[0][band] + sums[1][band];
    error[band] = static_cast<int32_t>(sum);
    count[band] = static_cast<int32_t>((sum - error[band]) >> 32);
  }
}

}  // namespace

void fill_sao_scalar(KernelTable& table) {
  table.sao_band = sao_band;
  table.sao_edge = sao_edge;
  table.sao_edge_statistics = sao_edge_statistics;
  table.sao_band_statistics = sao_band_statistics;
}

}  // namespace inloop::hevc
