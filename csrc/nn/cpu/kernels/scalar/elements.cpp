// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/cpu/kernels/tiles_elements.h"

namespace inloop::nn {
namespace {

void table_one_by_one(const int16_t* knots, int shift, const int16_t* x, int16_t* y, int count) {
  for (int i = 0; i < count; ++i) y[i] = in_table(knots, shift, x[i]);
}

}  // namespace

void fill_scalar_elements(KernelTable& table) {
  table.bilinear_row_i16 = bilinear_row_i16<>;
  table.bilinear_row_f32 = bilinear_row_f32;
  table.table_i16 = table_one_by_one;
}

}  // namespace inloop::nn
