// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "coolchic/kernels/avx2/vectors.h"
#include "coolchic/kernels/table.h"
#include "coolchic/kernels/tiles_upsampling.h"

namespace inloop::coolchic {

void fill_upsampling_avx2(KernelTable& table) {
  table.widen_row = widen_row_tiles<Vectors>;
  table.upsample_row = upsample_row_tiles<Vectors>;
}

}  // namespace inloop::coolchic
