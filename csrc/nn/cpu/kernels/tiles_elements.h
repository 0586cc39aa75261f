// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "nn/cpu/kernels/table.h"
#include "nn/cpu/kernels/tiles_unroll.h"

// Operations on elements beside the convolutions, shared by ISAs. V gives vectors of int16 and their
// instructions; what is without V is compiled for each ISA as it is.
namespace inloop::nn {
namespace {

// The weights of a bilinear_rule of integer_rules.h, which add up to 2048 in both directions. Its sum of
// samples times 2^22 exceeds 32 bits. With the upper and the lower row split into u = 2048 u1 + u0 and
// l = 2048 l1 + l0, floor(sum / 2^22) is the floor of (H + floor(L / 2^11)) / 2^11, where H and L are the sums of
// the halves times their weights.
inline int16_t bilinear(int a, int b, int c, int d, int wy, int wx) {
  const int upper = a * (2048 - wx) + b * wx, lower = c * (2048 - wx) + d * wx;
  const int high = (upper >> 11) * (2048 - wy) + (lower >> 11) * wy;
  const int low = (upper & 2047) * (2048 - wy) + (lower & 2047) * wy;
  const int value = (high + (low >> 11)) >> 11;
  return static_cast<int16_t>(value < -32767 ? -32767 : value);  // It is no larger than the samples.
}

// Vectors of pairs of 16-bit numbers are multiplied by pairs and added.
template <class V>
INLINE typename V::Vector bilinear_pairs(typename V::Vector upper, typename V::Vector lower,
                                         typename V::Vector weights) {
  const auto rest = V::set_int32(2047);
  const auto high = V::multiply_pairs(
      V::join_pairs(V::template shift_right<11>(upper), V::template shift_right<11>(lower)), weights);
  const auto low =
      V::multiply_pairs(V::join_pairs(V::bit_and(upper, rest), V::bit_and(lower, rest)), weights);
  return V::template shift_right<11>(V::add_int32(high, V::template shift_right<11>(low)));
}

// Returns the number of channels done, whole vectors from `first` on.
template <class V>
INLINE int bilinear_channels(const BilinearRow& row, const BilinearColumn& column, int16_t* out, int first) {
  const auto across = V::set_pair(2048 - column.weight, column.weight);
  const auto down = V::set_pair(2048 - row.weight, row.weight);
  for (; first + V::kLanes <= row.channels; first += V::kLanes) {
    const auto a = V::load(row.upper + column.left + first), b = V::load(row.upper + column.right + first);
    const auto c = V::load(row.lower + column.left + first), d = V::load(row.lower + column.right + first);
    const auto low = bilinear_pairs<V>(V::multiply_pairs(V::interleave_low(a, b), across),
                                       V::multiply_pairs(V::interleave_low(c, d), across), down);
    const auto high = bilinear_pairs<V>(V::multiply_pairs(V::interleave_high(a, b), across),
                                        V::multiply_pairs(V::interleave_high(c, d), across), down);
    V::store(out + first, V::max(V::pack(low, high), V::set_int16(-32767)));
  }
  return first;
}

// The widest vectors come first.
template <class... Vs>
void bilinear_row_i16(const BilinearRow& row) {
  int16_t* out = row.out;
  for (int x = 0; x < row.pixels; ++x, out += row.out_step) {
    const BilinearColumn& column = row.columns[x];
    int c = 0;
    ((c = bilinear_channels<Vs>(row, column, out, c)), ...);
    for (; c < row.channels; ++c)
      out[c] = bilinear(row.upper[column.left + c], row.upper[column.right + c], row.lower[column.left + c],
                        row.lower[column.right + c], row.weight, column.weight);
  }
}

inline void bilinear_row_f32(const BilinearRowF32& row) {
  float* __restrict out = row.out;
  const float wy = row.weight, vy = 1 - wy;
  for (int x = 0; x < row.pixels; ++x, out += row.out_step) {
    const BilinearColumnF32& column = row.columns[x];
    const float wx = column.weight, vx = 1 - wx;
    const float *a = row.upper + column.left, *b = row.upper + column.right;
    const float *c = row.lower + column.left, *d = row.lower + column.right;
    for (int i = 0; i < row.channels; ++i)
      out[i] = (a[i] * vx + b[i] * wx) * vy + (c[i] * vx + d[i] * wx) * wy;
  }
}

// The table_rule of integer_rules.h.
inline int16_t in_table(const int16_t* knots, int shift, int x) {
  const int position = x + 32768, index = position >> shift, rest = position & ((1 << shift) - 1);
  return static_cast<int16_t>((knots[index] * ((1 << shift) - rest) + knots[index + 1] * rest) >> shift);
}

// A knot and the next one are read as one number.
template <class V>
void table_i16(const int16_t* knots, int shift, const int16_t* x, int16_t* y, int count) {
  int i = 0;
  for (; i + V::kLanes <= count; i += V::kLanes) V::store(y + i, V::in_table(knots, shift, x + i));
  for (; i < count; ++i) y[i] = in_table(knots, shift, x[i]);
}

}  // namespace
}  // namespace inloop::nn
