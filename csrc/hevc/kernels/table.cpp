// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/kernels/table.h"

#include "base/isa_tables.h"

namespace inloop::hevc {
namespace {

KernelTable make_table([[maybe_unused]] Isa isa) {
  KernelTable table{};
  fill_distance_scalar(table);
  fill_residual_scalar(table);
  fill_transform_scalar(table);
  fill_quantization_scalar(table);
  fill_intra_scalar(table);
  fill_interpolation_scalar(table);
  fill_deblock_scalar(table);
  fill_sao_scalar(table);
#if INLOOP_HAS_AVX2
  if (isa >= Isa::avx2) {
    fill_distance_avx2(table);
    fill_residual_avx2(table);
    fill_transform_avx2(table);
    fill_quantization_avx2(table);
    fill_intra_avx2(table);
    fill_interpolation_avx2(table);
    fill_deblock_avx2(table);
    fill_sao_avx2(table);
  }
#endif
#if INLOOP_HAS_AVX512
  if (isa >= Isa::avx512) fill_interpolation_avx512(table);
#endif
#if INLOOP_HAS_NEON
  if (isa == Isa::neon) {
    fill_distance_neon(table);
    fill_residual_neon(table);
    fill_transform_neon(table);
    fill_interpolation_neon(table);
  }
#endif
  return table;
}

}  // namespace

const KernelTable& kernels(Isa isa) { return table_of_isa<make_table>(isa); }

}  // namespace inloop::hevc
