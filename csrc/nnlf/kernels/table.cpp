// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nnlf/kernels/table.h"

#include "base/isa_tables.h"

namespace inloop::nnlf {
namespace {

KernelTable make_table([[maybe_unused]] Isa isa) {
  KernelTable table{};
  fill_pack_scalar(table);
  fill_residual_scalar(table);
  fill_blend_scalar(table);
#if INLOOP_HAS_AVX2
  if (isa >= Isa::avx2) {
    fill_pack_avx2(table);
    fill_residual_avx2(table);
    fill_blend_avx2(table);
  }
#endif
  return table;
}

}  // namespace

const KernelTable& kernels(Isa isa) { return table_of_isa<make_table>(isa); }

}  // namespace inloop::nnlf
