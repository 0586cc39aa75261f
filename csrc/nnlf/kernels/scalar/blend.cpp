// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nnlf/kernels/table.h"
#include "nnlf/kernels/tiles_blend.h"

namespace inloop::nnlf {
namespace {

void blend_row(const uint16_t* dbf, const uint16_t* signal, int width, int scale, int bit_depth,
               uint16_t* out) {
  blend_samples(dbf, signal, 0, width, scale, bit_depth, out);
}

void sums_row(const uint16_t* dbf, const uint16_t* signal, const uint16_t* original, int width, int bit_depth,
              int64_t* sums) {
  sum_samples(dbf, signal, original, 0, width, bit_depth, sums);
}

}  // namespace

void fill_blend_scalar(KernelTable& table) {
  table.blend_row = blend_row;
  table.sums_row = sums_row;
}

}  // namespace inloop::nnlf
