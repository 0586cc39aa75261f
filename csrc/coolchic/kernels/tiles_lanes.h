// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <stdint.h>

namespace inloop::coolchic {
namespace {

// What vectors of every width do with the operators of the language. Types has the types of the intrinsics: F for
// some floats or doubles, I for as many 32-bit integers, which wrap around.
template <class Types>
struct Lanes {
  using F = typename Types::F;
  using I = typename Types::I;
  typedef uint32_t Words __attribute__((vector_size(sizeof(I))));
  typedef int32_t SignedWords __attribute__((vector_size(sizeof(I))));

  static F add(F a, F b) { return a + b; }
  static F sub(F a, F b) { return a - b; }
  static F mul(F a, F b) { return a * b; }
  static F div(F a, F b) { return a / b; }
  static F to_floats(I v) { return __builtin_convertvector((SignedWords)v, F); }

  static I add_int(I a, I b) { return (I)((Words)a + (Words)b); }
  static I sub_int(I a, I b) { return (I)((Words)a - (Words)b); }
  static I mul_int(I a, I b) { return (I)((Words)a * (Words)b); }
  static I or_int(I a, I b) { return a | b; }
  static I and_int(I a, I b) { return a & b; }
  template <int n>
  static I shift_left(I v) {
    return (I)((Words)v << n);
  }
  template <int n>
  static I shift_right(I v) {
    return (I)((Words)v >> n);
  }
  template <int n>
  static I shift_right_signed(I v) {
    return (I)((SignedWords)v >> n);
  }
  static I shift_right_each(I v, I n) { return (I)((Words)v >> (Words)n); }
};

}  // namespace
}  // namespace inloop::coolchic
