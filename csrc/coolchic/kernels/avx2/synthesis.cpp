// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "coolchic/kernels/avx2/vectors.h"
#include "coolchic/kernels/table.h"
#include "coolchic/kernels/tiles_synthesis.h"

namespace inloop::coolchic {

void fill_synthesis_avx2(KernelTable& table) { table.dense_row = dense_row_tiles<Vectors, 3>; }

}  // namespace inloop::coolchic
