// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/cpu/kernels/table.h"

#include "base/isa_tables.h"

namespace inloop::nn {
namespace {

KernelTable make_table([[maybe_unused]] Isa isa) {
  KernelTable table;
  fill_scalar(table);
  fill_scalar_f32(table);
  fill_scalar_functions(table);
  fill_scalar_elements(table);
  fill_scalar_peak(table);
#if INLOOP_HAS_AVX2
  if (isa >= Isa::avx2) {
    fill_avx2(table);
    fill_avx2_f32(table);
    fill_avx2_functions(table);
    fill_avx2_elements(table);
    fill_avx2_peak(table);
  }
#endif
#if INLOOP_HAS_AVX512
  if (isa >= Isa::avx512) {
    fill_avx512(table);
    fill_avx512_f32(table);
    fill_avx512_functions(table);
    fill_avx512_elements(table);
    fill_avx512_peak(table);
  }
#endif
#if INLOOP_HAS_NEON
  if (isa == Isa::neon) {
    fill_neon(table);
    fill_neon_f32(table);
    fill_neon_peak(table);
  }
#endif
  return table;
}

#if INLOOP_HAS_AVX2

KernelTable make_vnni_table() {
  KernelTable table = make_table(Isa::avx2);
  if (cpu_has_avx_vnni()) {
    fill_avxvnni(table);
    fill_avxvnni_peak(table);
  }
#if INLOOP_HAS_AVX512
  else {
    fill_avx512_as_avxvnni(table);
  }
#endif
  return table;
}

const KernelTable& vnni_table() {
  static const KernelTable table = make_vnni_table();
  return table;
}

#endif

}  // namespace

const KernelTable& kernels(Isa isa) {
#if INLOOP_HAS_AVX2
  if (isa == Isa::avx2 && avx_vnni_enabled()) return vnni_table();
#endif
  return table_of_isa<make_table>(isa);
}

const KernelTable* vnni_kernels() {
#if INLOOP_HAS_AVX2
  if (cpu_has_avx_vnni() || supported_isas().back() == Isa::avx512) return &vnni_table();
#endif
  return nullptr;
}

}  // namespace inloop::nn
