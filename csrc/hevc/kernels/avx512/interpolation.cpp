// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/kernels/tiles_interpolation.h"

namespace inloop::hevc {

void fill_interpolation_avx512(KernelTable& table) {
  table.luma_uni = luma_uni;
  table.luma_bi = luma_bi;
  table.chroma_uni = chroma_uni;
  table.chroma_bi = chroma_bi;
  table.average_bi = average_bi;
  table.weight_uni = weight_uni;
  table.weight_bi = weight_bi;
}

}  // namespace inloop::hevc
