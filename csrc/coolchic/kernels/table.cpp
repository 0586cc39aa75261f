// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "coolchic/kernels/table.h"

#include "base/isa_tables.h"

namespace inloop::coolchic {
namespace {

KernelTable make_table([[maybe_unused]] Isa isa) {
  KernelTable table{};
  fill_context_scalar(table);
  fill_intervals_scalar(table);
  fill_upsampling_scalar(table);
  fill_synthesis_scalar(table);
  fill_composition_scalar(table);
#if INLOOP_HAS_AVX2
  if (isa >= Isa::avx2) {
    fill_context_avx2(table);
    fill_intervals_avx2(table);
    fill_upsampling_avx2(table);
    fill_synthesis_avx2(table);
    fill_composition_avx2(table);
  }
#endif
#if INLOOP_HAS_AVX512
  if (isa >= Isa::avx512) {
    fill_context_avx512(table);
    fill_intervals_avx512(table);
    fill_upsampling_avx512(table);
    fill_synthesis_avx512(table);
    fill_composition_avx512(table);
  }
#endif
  return table;
}

}  // namespace

const KernelTable& kernels(Isa isa) { return table_of_isa<make_table>(isa); }

}  // namespace inloop::coolchic
