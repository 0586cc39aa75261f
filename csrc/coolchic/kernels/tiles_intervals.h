// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "coolchic/kernels/table.h"
#include "coolchic/kernels/tiles_exponential.h"

// The intervals of a vector of latents, by the operations that tiles_exponential.h uses for a single one.
namespace inloop::coolchic {
namespace {

template <class V>
struct VectorCount {
  typename V::I count;
  typename V::Mask certain;
};

template <class V>
VectorCount<V> inner_counts(const CentralIntervals& wave, typename V::I symbol, typename V::I location,
                            typename V::I scale) {
  using F = typename V::F;
  const F shift = V::set(kRoundingShift), free = V::set(wave.free);
  const auto distance =
      V::to_floats(V::sub_int(V::sub_int(V::template shift_left<6>(symbol), V::set_int(32)), location));
  const auto above = V::above(distance, V::set(0));
  const F quotient = V::div(V::mul(V::set(2), V::absolute(distance)), V::to_floats(scale));
  const F negligible = V::set(38);
  // Where the quotient is NaN (distance 0 at scale 0), the minimum is its second operand.
  const F z = V::minimum(quotient, negligible);
  const F octaves = V::sub(V::add(V::mul(z, V::set(kLog2E)), shift), shift);
  const F r = V::add(V::sub(V::mul(octaves, V::set(kFastLn2High)), z), V::mul(octaves, V::set(kFastLn2Low)));
  F power = V::set(kExpSeries[0]);
  for (int n = 1; n < kExpTerms; ++n) power = V::add(V::mul(power, r), V::set(kExpSeries[n]));
  const F tail = V::mul(V::mul(V::set(0.5), free), V::mul(power, V::power_of_half(octaves)));
  const F value = V::select(above, V::sub(free, tail), tail);
  const F nearest = V::sub(V::add(value, shift), shift);
  const F error = V::add(V::mul(tail, V::set(kShareErrorShare)), V::set(kShareErrorFixed));
  const F whole = V::select(V::above(nearest, value), V::sub(nearest, V::set(1)), nearest);
  const auto clear = V::above(V::absolute(V::sub(value, nearest)), error);
  const auto low_end = V::either(V::equal(nearest, V::set(0)), V::equal(z, V::set(0)));
  const auto high_end = V::equal(nearest, free);
  const F top = V::select(V::above(V::set(kRoundsToOne), z), V::sub(free, V::set(1)), free);
  const F share = V::select(above, V::select(high_end, top, whole), V::select(low_end, nearest, whole));
  const auto top_clear = V::either(V::above(V::set(kRoundsToOne - kRoundsToOneError), z),
                                   V::above(z, V::set(kRoundsToOne + kRoundsToOneError)));
  const auto certain =
      V::select_mask(above, V::select_mask(high_end, top_clear, clear), V::either(low_end, clear));
  return {V::add_int(V::truncated(share), V::sub_int(symbol, V::set_int(wave.min_symbol))), certain};
}

template <class V>
void intervals_vector(const CentralIntervals& wave, int at) {
  using I = typename V::I;
  const I lowest = V::set_int(wave.min_symbol), highest = V::set_int(wave.max_symbol);
  const I least = V::set_int(-640), most = V::set_int(885);
  const I log_scale = V::min_int(V::max_int(V::load_int(wave.log_scale + at), least), most);
  const I scale = V::gather(wave.scale_table, V::sub_int(log_scale, least));
  const I location = V::load_int(wave.location + at);
  const I nearest = V::template shift_right_signed<6>(V::add_int(location, V::set_int(32)));
  const I symbol = V::min_int(V::max_int(nearest, lowest), highest);
  const auto lower = inner_counts<V>(wave, symbol, location, scale);
  const auto upper = inner_counts<V>(wave, V::add_int(symbol, V::set_int(1)), location, scale);
  const I uncertain = V::set_int(-1);
  const I high =
      V::select_above(highest, symbol, V::select(upper.certain, upper.count, uncertain), V::set_int(1 << 24));
  const I certain_low =
      V::select_above(symbol, lowest, V::select(lower.certain, lower.count, uncertain), V::set_int(0));
  const I low = V::select_above(V::set_int(0), high, uncertain, certain_low);
  V::store_int(wave.scale + at, scale);
  V::store_int(wave.symbol + at, symbol);
  V::store_int(reinterpret_cast<int32_t*>(wave.low) + at, low);
  V::store_int(reinterpret_cast<int32_t*>(wave.high) + at, high);
}

template <class V>
void central_intervals_tiles(const CentralIntervals& wave) {
  for (int i = 0; i < wave.count; i += V::lanes) intervals_vector<V>(wave, i);
}

}  // namespace
}  // namespace inloop::coolchic
