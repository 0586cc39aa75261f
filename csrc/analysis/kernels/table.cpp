// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "analysis/kernels/table.h"

namespace inloop::analysis {
namespace {

KernelTable make_table([[maybe_unused]] IsaLevel level) {
  KernelTable table{};
  fill_resample_scalar(table);
  fill_distance_scalar(table);
#if defined(__x86_64__)
  if (level >= IsaLevel::avx2) {
    fill_resample_avx2(table);
    fill_distance_avx2(table);
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

}  // namespace inloop::analysis
