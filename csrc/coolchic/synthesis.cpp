// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "coolchic/synthesis.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace inloop::coolchic {
namespace {

float slope_of(Activation activation) {
  switch (activation) {
    case Activation::relu:
      return 0;
    case Activation::leaky_relu:
      return 0.01f;
    case Activation::none:
    case Activation::gelu:  // the header reader refuses it
      break;
  }
  return 1;
}

}  // namespace

Synthesis::Synthesis(const PictureHeader& picture, const Parameters& parameters) {
  for (size_t grid = 0; grid < picture.grids.size(); ++grid) {
    if (picture.uses(picture.grids[grid])) channels_.push_back(grid);
  }
  std::vector<size_t> used = channels_;
  size_t inputs = picture.grids.size(), weight = 0, bias = 0;
  for (const SynthesisLayer& described : picture.layers) {
    DenseLayer layer{static_cast<int>(used.size()),
                     described.outputs,
                     described.kernel_size,
                     described.residual,
                     slope_of(described.activation),
                     {},
                     {}};
    const auto taps = static_cast<size_t>(described.kernel_size * described.kernel_size);
    for (int o = 0; o < described.outputs; ++o, weight += inputs * taps) {
      for (size_t channel : used) {
        for (size_t tap = 0; tap < taps; ++tap) {
          const int32_t integer = parameters.synthesis_weights[weight + channel * taps + tap];
          layer.weights.push_back(
              std::ldexp(static_cast<float>(integer), picture.synthesis_weights.step_log2));
        }
      }
      const int32_t integer = parameters.synthesis_biases[bias++];
      layer.biases.push_back(std::ldexp(static_cast<float>(integer), picture.synthesis_biases.step_log2));
    }
    layers_.push_back(std::move(layer));
    inputs = static_cast<size_t>(described.outputs);
    used.resize(inputs);
    std::iota(used.begin(), used.end(), size_t{0});
  }
  put_chroma_last();
  while (pointwise_ < layers_.size() && layers_[pointwise_].kernel_size == 1) ++pointwise_;
}

void Synthesis::put_chroma_last() {
  DenseLayer& last = layers_.back();
  if (last.residual) return;  // the outputs of a residual layer belong to its inputs
  const auto outputs = static_cast<size_t>(last.outputs);
  const auto row = static_cast<ptrdiff_t>(last.weights.size() / outputs);
  std::rotate(last.biases.begin() + 1, last.biases.begin() + 3, last.biases.end());
  std::rotate(last.weights.begin() + row, last.weights.begin() + 3 * row, last.weights.end());
  for (size_t c = 1; c < outputs; ++c) output_index_[c] = c < 3 ? outputs - 3 + c : c - 2;
}

}  // namespace inloop::coolchic
