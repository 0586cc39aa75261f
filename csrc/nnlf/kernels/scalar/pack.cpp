// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nnlf/kernels/table.h"

namespace inloop::nnlf {
namespace {

int16_t scaled(int value, int shift) {
  return static_cast<int16_t>(shift >= 0 ? value << shift : (value + (1 << (-shift - 1))) >> -shift);
}

void pack_row(const uint16_t* top, const uint16_t* bottom, const uint16_t* cb, const uint16_t* cr, int width,
              int luma_shift, int chroma_shift, int16_t* out) {
  for (int x = 0; x < width; ++x, out += 6) {
    const int a = top[2 * x], b = top[2 * x + 1], c = bottom[2 * x], d = bottom[2 * x + 1];
    out[0] = scaled(a + b + c + d, luma_shift);
    out[1] = scaled(a - b + c - d, luma_shift);
    out[2] = scaled(a + b - c - d, luma_shift);
    out[3] = scaled(a - b - c + d, luma_shift);
    out[4] = scaled(cb[x], chroma_shift);
    out[5] = scaled(cr[x], chroma_shift);
  }
}

}  // namespace

void fill_pack_scalar(KernelTable& table) { table.pack_row = pack_row; }

}  // namespace inloop::nnlf
