// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "coolchic/kernels/table.h"

// Runs the context model for a vector of latents, with values in pairs of 16 bits.
namespace inloop::coolchic {
namespace {

template <class V, int pairs>
typename V::I context_output(const typename V::I* x, const int32_t* weights, int32_t bias) {
  auto sum = V::set_int(bias);
  for (int j = 0; j < pairs; ++j) sum = V::multiply_pairs_add(sum, x[j], V::set_int(weights[j]));
  return V::template shift_right_signed<6>(sum);
}

// Handles the samples from `at` on; `most` takes the largest hidden value, which must fit 16 bits.
template <class V, int pairs>
void context_vector(const ContextWave& wave, int at, typename V::I& most) {
  using I = typename V::I;
  I x[pairs], y[pairs];
  for (int j = 0; j < pairs; ++j) {
    const I even = V::load_16_unsigned(wave.inputs[2 * j] + at);
    const I odd = V::load_16_unsigned(wave.inputs[2 * j + 1] + at);
    x[j] = V::template shift_left_16<6>(V::or_int(even, V::template shift_left<16>(odd)));
  }
  const int32_t* weights = wave.pairs;
  const int32_t* bias = wave.biases;
  const I zero = V::set_int(0);
  for (int layer = 0; layer < wave.hidden_layers; ++layer) {
    for (int o = 0; o < pairs; ++o, weights += 2 * pairs, bias += 2) {
      const I even = V::max_int(context_output<V, pairs>(x, weights, bias[0]), zero);
      const I odd = V::max_int(context_output<V, pairs>(x, weights + pairs, bias[1]), zero);
      most = V::max_int(most, V::max_int(even, odd));
      y[o] = V::or_int(even, V::template shift_left<16>(odd));
    }
    for (int j = 0; j < pairs; ++j) x[j] = y[j];
  }
  V::store_int(wave.location + at, context_output<V, pairs>(x, weights, bias[0]));
  V::store_int(wave.log_scale + at, context_output<V, pairs>(x, weights + pairs, bias[1]));
}

template <class V, int pairs>
bool context_vectors(const ContextWave& wave) {
  auto most = V::set_int(0);
  for (int i = 0; i < wave.count; i += V::lanes) context_vector<V, pairs>(wave, i, most);
  return !V::any_above(most, INT16_MAX);
}

template <class V>
bool context_wave_tiles(const ContextWave& wave) {
  switch (wave.size) {
    case 8:
      return context_vectors<V, 4>(wave);
    case 16:
      return context_vectors<V, 8>(wave);
    case 24:
      return context_vectors<V, 12>(wave);
    default:
      return context_vectors<V, 16>(wave);
  }
}

}  // namespace
}  // namespace inloop::coolchic
