// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "base/isa.h"

namespace inloop {

// The kernel table of a level, made by `make_table(level)` when the level is first asked for: the fillers of
// a level are compiled for it and must not run on a CPU that lacks it. Levels come from current_isa() or
// supported_isa_levels().
template <auto make_table>
const auto& table_of_level(IsaLevel level) {
  switch (level) {
    case IsaLevel::scalar:
      break;
    case IsaLevel::avx2: {
      static const auto table = make_table(IsaLevel::avx2);
      return table;
    }
    case IsaLevel::avx512: {
      static const auto table = make_table(IsaLevel::avx512);
      return table;
    }
  }
  static const auto table = make_table(IsaLevel::scalar);
  return table;
}

}  // namespace inloop
