// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/cpu/kernels/avx2/sixteen_i16.h"
#include "nn/cpu/kernels/tiles_elements.h"

namespace inloop::nn {

void fill_avx2_elements(KernelTable& table) {
  table.bilinear_row_i16 = bilinear_row_i16<SixteenI16, EightI16>;
  table.bilinear_row_f32 = bilinear_row_f32;
  table.table_i16 = table_i16<SixteenI16>;
}

}  // namespace inloop::nn
