// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "nn/graph.h"

namespace inloop::nn {

// What the packing of int16 and of float32 convolutions has in common.

constexpr int round_up(int value, int multiple) { return (value + multiple - 1) / multiple * multiple; }

// Pixels that go through all blocks of weights before the next ones do: what fills half of a 32 KiB L1, in
// whole tiles.
constexpr int chunk_pixels(int pixel_bytes, int tile) {
  constexpr int kCacheBytes = 16384;
  return std::max(kCacheBytes / pixel_bytes / tile, 1) * tile;
}

constexpr int64_t kMaxPackedWeights = int64_t{1} << 25;

// A convolution's weights by channel of the result, tap and channel of the input, with zeros between the
// groups and behind the last channels.
template <class T>
class DenseWeights {
 public:
  DenseWeights(const Graph& graph, const Layer& layer, const std::vector<T>& numbers)
      : layer_(layer),
        numbers_(numbers),
        taps_(layer.window.kernel_height * layer.window.kernel_width),
        per_group_(graph.channels(layer.inputs[0]) / layer.groups),
        outputs_per_group_(layer.channels / layer.groups) {}

  T at(int channel, int tap, int input) const {
    if (channel >= layer_.channels) return 0;
    const int first = channel / outputs_per_group_ * per_group_;
    if (input < first || input >= first + per_group_) return 0;
    return numbers_[static_cast<size_t>((channel * taps_ + tap) * per_group_ + input - first)];
  }

 private:
  const Layer& layer_;
  const std::vector<T>& numbers_;
  int taps_, per_group_, outputs_per_group_;
};

}  // namespace inloop::nn
