// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "nn/cpu/weights/weights.h"

namespace inloop::nn {

// What the packing of int16 and of float32 convolutions has in common.

constexpr int64_t kMaxPackedWeights = int64_t{1} << 25;

// The weights of a convolution by channel of the result, tap and channel of the input, with zeros between the
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

// What both packers know of a part of a convolution.
struct PackedPart {
  PackedPart(const Lowered& network, const ConvolutionPart& convolution_part, const KernelTable& kernels,
             PackedConv& result)
      : graph(network.topology.graph),
        part(convolution_part),
        fused(network.topology.groups[static_cast<size_t>(convolution_part.group)]),
        layer(graph.layers[static_cast<size_t>(fused.layer)]),
        table(kernels),
        packed(result),
        taps(convolution_part.taps.count()) {
    packed.channels = round_up(part.channels, 8);
  }

  // Returns number c of the part in a constant that has either one number or one per channel of the layer.
  template <class T>
  T per_channel(const std::vector<T>& numbers, int c) const {
    return numbers[numbers.size() == 1 ? 0 : static_cast<size_t>(part.channel_begin + c)];
  }
  // Returns the number of a tap that is computed in the whole kernel.
  int in_kernel(int tap) const { return part.taps.in_kernel(tap, layer.window.kernel_width); }
  int kernel_taps() const { return layer.window.kernel_height * layer.window.kernel_width; }
  Status too_many_weights() const {
    return Status::unsupported("layer '" + layer.name + "': convolution with too many weights");
  }

  const Graph& graph;
  const ConvolutionPart& part;
  const FusedLayer& fused;
  const Layer& layer;
  const KernelTable& table;
  PackedConv& packed;
  int taps;
};

}  // namespace inloop::nn
