// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>

#include "nn/cpu/weights/packing.h"

namespace inloop::nn {
namespace {

class PackerF32 : private PackedPart {
 public:
  using PackedPart::PackedPart;

  Status dense() {
    const int64_t count = int64_t{taps} * part.in_channels * packed.channels;
    if (count > kMaxPackedWeights) return too_many_weights();
    packed.weights_f32 = AlignedBuffer<float>(static_cast<size_t>(count));
    const DenseWeights<float> weights(graph, layer, layer.constant_f32);
    float* out = packed.weights_f32.data();
    int block = 0;
    for (int first = 0; first < packed.channels; first += block) {
      block = table.conv_block_f32(packed.channels - first);
      for (int tap = 0; tap < taps; ++tap)
        for (int input = 0; input < part.in_channels; ++input)
          for (int lane = 0; lane < block; ++lane)
            *out++ = weights.at(part.channel_begin + first + lane, in_kernel(tap), part.in_begin + input);
    }
    return {};
  }

  void depthwise() {
    packed.weights_f32 =
        AlignedBuffer<float>(static_cast<size_t>(taps) * static_cast<size_t>(packed.channels));
    float* out = packed.weights_f32.data();
    for (int first = 0; first < packed.channels; first += table.depthwise_block_f32) {
      const int end = std::min(first + table.depthwise_block_f32, packed.channels);
      for (int tap = 0; tap < taps; ++tap)
        for (int channel = first; channel < end; ++channel, ++out)
          if (channel < layer.channels)
            *out = layer.constant_f32[static_cast<size_t>(channel * kernel_taps() + in_kernel(tap))];
    }
  }

  void epilogue() {
    EpilogueF32& e = packed.epilogue_f32;
    if (fused.bias >= 0) e.bias = padded(fused.bias, packed.bias_f32);
    if (fused.activation < 0) return;
    const Layer& activation = graph.layers[static_cast<size_t>(fused.activation)];
    switch (activation.op) {
      case Op::relu:
        e.activation = Activation::relu;
        break;
      case Op::clip:
        e.activation = Activation::clip;
        e.low = activation.constant_f32[0];
        e.high = activation.constant_f32[1];
        break;
      default:
        e.activation = Activation::prelu;
        e.slope = padded(fused.activation, packed.slope_f32);
        break;
    }
  }

 private:
  const float* padded(int index, AlignedBuffer<float>& buffer) const {
    buffer = AlignedBuffer<float>(static_cast<size_t>(packed.channels));
    for (int c = 0; c < part.channels; ++c)
      buffer[static_cast<size_t>(c)] = per_channel(graph.layers[static_cast<size_t>(index)].constant_f32, c);
    return buffer.data();
  }
};

}  // namespace

Status pack_convolution_f32(const Lowered& network, const ConvolutionPart& part, const KernelTable& kernels,
                            PackedConv& packed) {
  PackerF32 packer(network, part, kernels, packed);
  if (part.depthwise)
    packer.depthwise();
  else
    INLOOP_RETURN_IF_ERROR(packer.dense());
  packer.epilogue();
  return {};
}

}  // namespace inloop::nn
