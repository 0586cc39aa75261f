// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "coolchic/kernels/avx2/vectors.h"
#include "coolchic/kernels/table.h"
#include "coolchic/kernels/tiles_context.h"

namespace inloop::coolchic {

void fill_context_avx2(KernelTable& table) { table.context_wave = context_wave_tiles<Vectors>; }

}  // namespace inloop::coolchic
