// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "coolchic/kernels/avx2/vectors.h"
#include "coolchic/kernels/table.h"
#include "coolchic/kernels/tiles_intervals.h"

namespace inloop::coolchic {

void fill_intervals_avx2(KernelTable& table) {
  table.central_intervals = central_intervals_tiles<DoubleVectors>;
}

}  // namespace inloop::coolchic
