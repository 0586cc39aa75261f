// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>

#include "nn/packing.h"
#include "nn/passes/fuse.h"
#include "nn/plan.h"

namespace inloop::nn {
namespace {

class PackerF32 {
 public:
  PackerF32(const Plan& plan, const FusedLayer& fused, Step& step)
      : graph_(plan.graph),
        fused_(fused),
        layer_(plan.graph.layers[static_cast<size_t>(fused.layer)]),
        table_(*plan.kernels),
        packed_(step.packed),
        in_channels_(step.operands[0].view.channels),
        in_begin_(step.channel_begin / (layer_.channels / layer_.groups) *
                  (plan.graph.channels(layer_.inputs[0]) / layer_.groups)),
        channels_(step.out.channels),
        channel_begin_(step.channel_begin),
        pitch_(plan.buffers[static_cast<size_t>(step.operands[0].view.buffer)].pitch),
        taps_(layer_.window.kernel_height * layer_.window.kernel_width) {
    packed_.channels = round_up(channels_, 8);
  }

  Status dense() {
    const Window& w = layer_.window;
    packed_.merged_columns = w.kernel_width > 1 && pitch_ == in_channels_;
    packed_.run_length = in_channels_ * (packed_.merged_columns ? w.kernel_width : 1);
    packed_.chunk = chunk_pixels(static_cast<int>(sizeof(float)) * pitch_ * w.stride_x * w.kernel_height, 12);
    const int64_t count = int64_t{taps_} * in_channels_ * packed_.channels;
    if (count > kMaxPackedWeights)
      return Status::unsupported("layer '" + layer_.name + "': convolution with too many weights");
    packed_.weights_f32 = AlignedBuffer<float>(static_cast<size_t>(count));
    const DenseWeights<float> weights(graph_, layer_, layer_.constant_f32);
    float* out = packed_.weights_f32.data();
    int block = 0;
    for (int first = 0; first < packed_.channels; first += block) {
      block = table_.conv_block_f32(packed_.channels - first);
      for (int tap = 0; tap < taps_; ++tap)
        for (int input = 0; input < in_channels_; ++input)
          for (int lane = 0; lane < block; ++lane)
            *out++ = weights.at(channel_begin_ + first + lane, tap, in_begin_ + input);
    }
    return {};
  }

  void depthwise() {
    packed_.weights_f32 =
        AlignedBuffer<float>(static_cast<size_t>(taps_) * static_cast<size_t>(packed_.channels));
    float* out = packed_.weights_f32.data();
    for (int first = 0; first < packed_.channels; first += table_.depthwise_block_f32) {
      const int end = std::min(first + table_.depthwise_block_f32, packed_.channels);
      for (int tap = 0; tap < taps_; ++tap)
        for (int channel = first; channel < end; ++channel, ++out)
          if (channel < layer_.channels)
            *out = layer_.constant_f32[static_cast<size_t>(channel * taps_ + tap)];
    }
  }

  void epilogue() {
    EpilogueF32& e = packed_.epilogue_f32;
    if (fused_.bias >= 0) e.bias = per_channel(fused_.bias, packed_.bias_f32);
    if (fused_.activation < 0) return;
    const Layer& activation = graph_.layers[static_cast<size_t>(fused_.activation)];
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
        e.slope = per_channel(fused_.activation, packed_.slope_f32);
        break;
    }
  }

 private:
  const float* per_channel(int layer, AlignedBuffer<float>& buffer) const {
    const std::vector<float>& numbers = graph_.layers[static_cast<size_t>(layer)].constant_f32;
    buffer = AlignedBuffer<float>(static_cast<size_t>(packed_.channels));
    for (int c = 0; c < channels_; ++c)
      buffer[static_cast<size_t>(c)] =
          numbers[numbers.size() == 1 ? 0 : static_cast<size_t>(channel_begin_ + c)];
    return buffer.data();
  }

  const Graph& graph_;
  const FusedLayer& fused_;
  const Layer& layer_;
  const KernelTable& table_;
  PackedConv& packed_;
  int in_channels_, in_begin_, channels_, channel_begin_, pitch_, taps_;
};

}  // namespace

Status pack_convolution_f32(const Plan& plan, const FusedLayer& fused, bool depthwise, Step& step) {
  PackerF32 packer(plan, fused, step);
  if (depthwise)
    packer.depthwise();
  else
    INLOOP_RETURN_IF_ERROR(packer.dense());
  packer.epilogue();
  return {};
}

}  // namespace inloop::nn
