// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/kernels/table.h"

namespace inloop::hevc {
namespace {

void subtract(int16_t* residual, ptrdiff_t residual_stride, const uint16_t* a, ptrdiff_t a_stride,
              const uint16_t* b, ptrdiff_t b_stride, int width, int height) {
  for (int y = 0; y < height; ++y, residual += residual_stride, a += a_stride, b += b_stride) {
    for (int x = 0; x < width; ++x) residual[x] = static_cast<int16_t>(a[x] - b[x]);
  }
}

void add_residual(uint16_t* dst, ptrdiff_t dst_stride, const int16_t* residual, ptrdiff_t residual_stride,
                  int width, int height, int bit_depth) {
  const int max = (1 << bit_depth) - 1;
  for (int y = 0; y < height; ++y, dst += dst_stride, residual += residual_stride) {
    for (int x = 0; x < width; ++x) {
      const int value = dst[x] + residual[x];
      dst[x] = static_cast<uint16_t>(value < 0 ? 0 : value > max ? max : value);
    }
  }
}

}  // namespace

void fill_residual_scalar(KernelTable& table) {
  table.subtract = subtract;
  table.add_residual = add_residual;
}

}  // namespace inloop::hevc
