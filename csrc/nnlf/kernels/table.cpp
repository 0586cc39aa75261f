// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nnlf/kernels/table.h"

namespace inloop::nnlf {
namespace {

KernelTable make_table([[maybe_unused]] IsaLevel level) {
  KernelTable table{};
  fill_pack_scalar(table);
  fill_residual_scalar(table);
  fill_blend_scalar(table);
#if defined(__x86_64__)
  if (level >= IsaLevel::avx2) {
    fill_pack_avx2(table);
    fill_residual_avx2(table);
    fill_blend_avx2(table);
  }
#endif
  return table;
}

}  // namespace

// Each table is built when its level is first asked for: the fillers of a level are compiled for it and must
// not run on a CPU that lacks it.
const KernelTable& kernels(IsaLevel level) {
  if (level >= IsaLevel::avx2) {
    static const KernelTable table = make_table(IsaLevel::avx2);
    return table;
  }
  static const KernelTable table = make_table(IsaLevel::scalar);
  return table;
}

}  // namespace inloop::nnlf
