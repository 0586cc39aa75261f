// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "coolchic/kernels/avx2/vectors.h"
#include "coolchic/kernels/table.h"
#include "coolchic/kernels/tiles_composition.h"

namespace inloop::coolchic {

void fill_composition_avx2(KernelTable& table) {
  table.compose_row_u8 = compose_row_tiles<Vectors, uint8_t>;
  table.compose_row_u16 = compose_row_tiles<Vectors, uint16_t>;
}

}  // namespace inloop::coolchic
