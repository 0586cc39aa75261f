// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "lookahead/kernels/table.h"

#include "base/isa_tables.h"

namespace inloop::lookahead {
namespace {

KernelTable make_table([[maybe_unused]] Isa isa) {
  KernelTable table{};
  fill_resample_scalar(table);
  fill_distance_scalar(table);
#if INLOOP_HAS_AVX2
  if (isa >= Isa::avx2) {
    fill_resample_avx2(table);
    fill_distance_avx2(table);
  }
#endif
#if INLOOP_HAS_NEON
  if (isa == Isa::neon) fill_distance_neon(table);
#endif
  return table;
}

}  // namespace

const KernelTable& kernels(Isa isa) { return table_of_isa<make_table>(isa); }

}  // namespace inloop::lookahead
