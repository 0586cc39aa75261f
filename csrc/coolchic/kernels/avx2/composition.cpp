// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "coolchic/kernels/avx2/vectors.h"
#include "coolchic/kernels/table.h"
#include "coolchic/kernels/tiles_composition.h"

namespace inloop::coolchic {

void fill_composition_avx2(KernelTable& table) { table.compose_row = compose_row_tiles<Vectors>; }

}  // namespace inloop::coolchic
