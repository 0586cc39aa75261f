// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Only the files of one isa include this, and all of it is in their anonymous namespaces, so that the linker
// cannot take code compiled for one isa for another.
#define INLINE inline __attribute__((always_inline))
#define INLINE_LAMBDA __attribute__((always_inline))

namespace inloop::nn {
namespace {

// Calls f<0>() to f<Count - 1>(). The indices of accumulators must be constants before optimisation begins,
// or GCC keeps the array of accumulators in memory.
template <int Count, int Index = 0, class Function>
INLINE void repeat(Function f) {
  if constexpr (Index < Count) {
    f.template operator()<Index>();
    repeat<Count, Index + 1>(f);
  }
}

}  // namespace
}  // namespace inloop::nn
