// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "nn/cpu/plan/plan.h"
#include "nn/passes/fuse.h"

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

// What both packers know of a step. A grouped convolution's step may make some of the layer's channels only.
struct PackedStep {
  PackedStep(const Plan& plan, const FusedLayer& fused_layer, Step& step)
      : graph(plan.graph),
        fused(fused_layer),
        layer(plan.graph.layers[static_cast<size_t>(fused_layer.layer)]),
        table(*plan.kernels),
        packed(step.packed),
        in_channels(step.operands[0].view.channels),
        in_begin(step.channel_begin / (layer.channels / layer.groups) *
                 (plan.graph.channels(layer.inputs[0]) / layer.groups)),
        channels(step.out.channels),
        channel_begin(step.channel_begin),
        pitch(plan.buffers[static_cast<size_t>(step.operands[0].view.buffer)].pitch),
        taps(layer.window.kernel_height * layer.window.kernel_width) {
    packed.channels = round_up(channels, 8);
  }

  // Number c of the step in a constant that has one number or one a channel of the layer.
  template <class T>
  T per_channel(const std::vector<T>& numbers, int c) const {
    return numbers[numbers.size() == 1 ? 0 : static_cast<size_t>(channel_begin + c)];
  }
  Status too_many_weights() const {
    return Status::unsupported("layer '" + layer.name + "': convolution with too many weights");
  }

  const Graph& graph;
  const FusedLayer& fused;
  const Layer& layer;
  const KernelTable& table;
  PackedConv& packed;
  int in_channels, in_begin;  // read, and the first of them
  int channels, channel_begin;
  int pitch;  // of the input
  int taps;
};

}  // namespace inloop::nn
