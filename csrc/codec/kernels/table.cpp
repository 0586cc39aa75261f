// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "codec/kernels/table.h"

namespace inloop::codec {
namespace {

KernelTable make_table([[maybe_unused]] IsaLevel level) {
  KernelTable table{};
  fill_distance_scalar(table);
  fill_residual_scalar(table);
  fill_transform_scalar(table);
  fill_intra_scalar(table);
  fill_interpolation_scalar(table);
  fill_deblock_scalar(table);
  fill_sao_scalar(table);
#if defined(__x86_64__)
  if (level >= IsaLevel::avx2) {
    fill_distance_avx2(table);
    fill_residual_avx2(table);
    fill_transform_avx2(table);
    fill_intra_avx2(table);
    fill_interpolation_avx2(table);
    fill_deblock_avx2(table);
    fill_sao_avx2(table);
  }
#endif
  return table;
}

}  // namespace

const KernelTable& kernels(IsaLevel level) {
  static const KernelTable tables[] = {make_table(IsaLevel::scalar), make_table(IsaLevel::avx2),
                                       make_table(IsaLevel::avx512)};
  return tables[static_cast<int>(level)];
}

}  // namespace inloop::codec
