// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "coolchic/kernels/table.h"

namespace inloop::coolchic {
namespace {

// Adding and subtracting this rounds to nearest, ties to even.
constexpr float kSampleRoundingShift = 0x1.8p23f;

template <class V>
typename V::F clamped_vector(typename V::F value, float most) {
  return V::minimum(V::maximum(value, V::set(0)), V::set(most));
}

template <class V>
struct SamplePair {
  typename V::F left;
  typename V::F right;
};

// Returns the samples at column x of the full-size picture and at the next column. In a plane of half the
// width these are the same sample for even x.
template <class V, int shift, class S>
SamplePair<V> sample_pair(const ReferencePlane<S>& plane, typename V::I line, typename V::I x) {
  using I = typename V::I;
  const I index =
      V::add_int(V::mul_int(V::template shift_right<shift>(line), V::set_int(static_cast<int>(plane.stride))),
                 V::template shift_right<shift>(x));
  constexpr int bits = 8 * sizeof(S);
  const I word = V::gather_pairs(plane.samples, index);
  const I low = V::set_int((1 << bits) - 1);
  const typename V::F left = V::to_floats(V::and_int(word, low));
  if (shift == 0) return {left, V::to_floats(V::and_int(V::template shift_right<bits>(word), low))};
  const I right_of_odd = V::and_int(x, V::set_int(1));
  const I bits_of_odd = V::template shift_left<bits == 8 ? 3 : 4>(right_of_odd);
  return {left, V::to_floats(V::and_int(V::shift_right_each(word, bits_of_odd), low))};
}

template <class V, int shift, class S>
typename V::F warped_vector(const ComposedRow<S>& row, int r, int i) {
  using F = typename V::F;
  using I = typename V::I;
  const F gain = V::set(row.flow_gain);
  const F position = V::mul(V::add(V::iota(), V::set(static_cast<float>(i))), V::set(1 << shift));
  const F column = V::add(position, V::mul(V::load(row.flow_x[r] + i), gain));
  const F line = V::add(V::set(static_cast<float>(row.y)), V::mul(V::load(row.flow_y[r] + i), gain));
  const F x = clamped_vector<V>(column, static_cast<float>(row.width - 1));
  const F y = clamped_vector<V>(line, static_cast<float>(row.height - 1));
  const I x0 = V::truncated(x), y0 = V::truncated(y);
  const F right = V::sub(x, V::to_floats(x0)), below = V::sub(y, V::to_floats(y0));
  const I y1 = V::min_int(V::add_int(y0, V::set_int(1)), V::set_int(row.height - 1));
  const auto top = sample_pair<V, shift>(row.reference[r], y0, x0);
  const auto bottom = sample_pair<V, shift>(row.reference[r], y1, x0);
  const F upper = V::add(top.left, V::mul(right, V::sub(top.right, top.left)));
  const F lower = V::add(bottom.left, V::mul(right, V::sub(bottom.right, bottom.left)));
  return V::add(upper, V::mul(below, V::sub(lower, upper)));
}

template <class V, int references, int shift, class S>
void compose_row_kind(const ComposedRow<S>& row) {
  using F = typename V::F;
  const F half = V::set(0.5f), one = V::set(1), rounding = V::set(kSampleRoundingShift);
  for (int i = 0; i < row.count; i += V::lanes) {
    F value = V::mul(V::load(row.residue + i), V::set(row.peak));
    if (references > 0) {
      F predicted = warped_vector<V, shift>(row, 0, i);
      if (references > 1) {
        const F beta = clamped_vector<V>(V::add(V::load(row.beta + i), half), 1);
        const F second = warped_vector<V, shift>(row, 1, i);
        predicted = V::add(V::mul(beta, predicted), V::mul(V::sub(one, beta), second));
      }
      value = V::add(value, V::mul(clamped_vector<V>(V::add(V::load(row.alpha + i), half), 1), predicted));
    }
    V::store_samples(row.out + i, V::sub(V::add(clamped_vector<V>(value, row.peak), rounding), rounding));
  }
}

template <class V, class S>
void compose_row_tiles(const ComposedRow<S>& row) {
  if (row.references == 0) return compose_row_kind<V, 0, 0>(row);
  if (row.references == 1) return row.shift ? compose_row_kind<V, 1, 1>(row) : compose_row_kind<V, 1, 0>(row);
  row.shift ? compose_row_kind<V, 2, 1>(row) : compose_row_kind<V, 2, 0>(row);
}

}  // namespace
}  // namespace inloop::coolchic
