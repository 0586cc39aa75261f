// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "base/isa.h"

namespace inloop {

// Returns the kernel table of an isa, which `make_table` makes when that isa is first requested. The
// functions that fill a table are compiled for its isa and must not run on a CPU that lacks it, so the isa
// must come from current_isa() or supported_isas().
template <auto make_table>
const auto& table_of_isa(Isa isa) {
  switch (isa) {
    case Isa::scalar:
      break;
    case Isa::avx2: {
      static const auto table = make_table(Isa::avx2);
      return table;
    }
    case Isa::avx512: {
      static const auto table = make_table(Isa::avx512);
      return table;
    }
    case Isa::neon: {
      static const auto table = make_table(Isa::neon);
      return table;
    }
  }
  static const auto table = make_table(Isa::scalar);
  return table;
}

}  // namespace inloop
