// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>

#include "nn/cpu/weights/packing.h"

namespace inloop::nn {
namespace {

// Calls visit(first channel, channels) for the blocks that a kernel of that width works in.
template <class Visit>
void for_blocks(int channels, int widest, Visit visit) {
  for (int first = 0, block = 0; first < channels; first += block) {
    block = block_channels(channels - first, widest);
    visit(first, block);
  }
}

class Packer : private PackedPart {
 public:
  using PackedPart::PackedPart;

  Status dense() {
    const int even = round_up(part.in_channels, 2);
    const int64_t pairs = int64_t{taps} * even / 2;
    if (pairs * packed.channels > kMaxPackedWeights) return too_many_weights();
    packed.weights = AlignedBuffer<int16_t>(static_cast<size_t>(pairs * packed.channels * 2));
    const DenseWeights<int16_t> weights(graph, layer, layer.constant);
    int16_t* out = packed.weights.data();
    for_blocks(packed.channels, table.conv_block, [&](int first, int block) {
      for (int tap = 0; tap < taps; ++tap)
        for (int input = 0; input < even; input += 2)
          for (int lane = 0; lane < block; ++lane, out += 2) {
            const int channel = part.channel_begin + first + table.lane_channel(block, lane);
            for (int i = 0; i < 2; ++i)
              out[i] = weights.at(channel, in_kernel(tap), part.in_begin + input + i);
          }
    });
    return {};
  }

  void depthwise() {
    const int pairs = (taps + 1) / 2;
    packed.weights =
        AlignedBuffer<int16_t>(static_cast<size_t>(pairs) * static_cast<size_t>(packed.channels) * 2);
    int16_t* out = packed.weights.data();
    for_blocks(packed.channels, table.depthwise_block, [&](int first, int block) {
      for (int tap = 0; tap < 2 * pairs; tap += 2)
        for (int lane = 0; lane < block; ++lane, out += 2) {
          const int channel = first + table.lane_channel(block, lane);
          if (channel >= layer.channels) continue;
          for (int i = 0; i < 2; ++i)
            if (tap + i < taps)
              out[i] = layer.constant[static_cast<size_t>(channel * kernel_taps() + in_kernel(tap + i))];
        }
    });
  }

  void epilogue(const Bounds& bounds, bool fold, int widest) {
    Epilogue& e = packed.epilogue;
    e.shift = product_shift(graph, layer);
    packed.start = AlignedBuffer<int32_t>(static_cast<size_t>(packed.channels));
    if (fused.bias >= 0) bias(graph.layers[static_cast<size_t>(fused.bias)], bounds, fold, widest);
    if (fused.add >= 0) {
      const Layer& add = graph.layers[static_cast<size_t>(fused.add)];
      e.residual_shift =
          // For 16 bits, 15 and more give the same.
          std::min(graph.quantizer(fused.residual) - add.quantizer, 15);
      const int self = add.inputs[0] == fused.residual ? add.inputs[1] : add.inputs[0];
      e.self_shift = std::min(graph.quantizer(self) - add.quantizer, 15);
    }
    if (fused.activation >= 0) activation(graph.layers[static_cast<size_t>(fused.activation)]);
  }

 private:
  // (sum >> s) + b = (sum + (b << s)) >> s, so the sum can start with the bias where no saturation comes
  // between and int32 holds the result.
  bool can_fold(const Layer& bias, const std::vector<Range>& sums, int shift) const {
    for (size_t c = 0; c < sums.size(); ++c) {
      const int64_t b = bias.constant[bias.constant.size() == 1 ? 0 : c] * (int64_t{1} << shift);
      if (sums[c].low >> packed.epilogue.shift < -32767 || sums[c].high >> packed.epilogue.shift > 32767)
        return false;
      if (sums[c].low + std::min<int64_t>(b, 0) < INT32_MIN ||
          sums[c].high + std::max<int64_t>(b, 0) > INT32_MAX)
        return false;
    }
    return true;
  }

  void bias(const Layer& bias, const Bounds& bounds, bool fold, int widest) {
    Epilogue& e = packed.epilogue;
    const int d = graph.quantizer(bias.inputs[0]) - bias.quantizer;
    const auto number = [&](int c) { return per_channel(bias.constant, c); };
    const auto& sums = bounds.sums[static_cast<size_t>(fused.layer)];
    if (fold && e.shift + d <= 31 && can_fold(bias, sums, e.shift + d)) {
      e.shift += d;
      for_blocks(packed.channels, widest, [&](int first, int block) {
        for (int lane = 0; lane < block; ++lane) {
          const int channel = first + table.lane_channel(block, lane);
          if (channel < part.channels)
            packed.start[static_cast<size_t>(first + lane)] =
                static_cast<int32_t>(number(channel) * (int64_t{1} << e.shift));
        }
      });
      return;
    }
    packed.bias = AlignedBuffer<int16_t>(static_cast<size_t>(packed.channels));
    for (int c = 0; c < part.channels; ++c) packed.bias[static_cast<size_t>(c)] = number(c);
    e.bias = packed.bias.data();
    e.bias_shift = std::min(d, 15);
  }

  void activation(const Layer& prelu) {
    Epilogue& e = packed.epilogue;
    if (prelu.op == Op::relu) {
      e.activation = Activation::relu;
      return;
    }
    e.activation = Activation::prelu_half;
    packed.slope_low = AlignedBuffer<int16_t>(static_cast<size_t>(packed.channels));
    packed.slope_units = AlignedBuffer<int16_t>(static_cast<size_t>(packed.channels));
    for (int c = 0; c < part.channels; ++c) {
      const int scaled = per_channel(prelu.constant, c) * (1 << (16 - prelu.constant_quantizer));
      const int units = scaled >= 32768 ? 1 : scaled < -32768 ? -1 : 0;
      packed.slope_low[static_cast<size_t>(c)] = static_cast<int16_t>(scaled - units * 65536);
      packed.slope_units[static_cast<size_t>(c)] = static_cast<int16_t>(units);
      if (units)
        e.activation = Activation::prelu;
      else if (packed.slope_low[static_cast<size_t>(c)] < 0 && e.activation == Activation::prelu_half)
        e.activation = Activation::prelu_fraction;
    }
    e.slope_low = packed.slope_low.data();
    e.slope_units = packed.slope_units.data();
  }
};

}  // namespace

Status pack_convolution(const Lowered& network, const ConvolutionPart& part, const KernelTable& kernels,
                        bool fold_bias, PackedConv& packed) {
  Packer packer(network, part, kernels, packed);
  if (part.depthwise)
    packer.depthwise();
  else
    INLOOP_RETURN_IF_ERROR(packer.dense());
  packer.epilogue(network.bounds, fold_bias, part.depthwise ? kernels.depthwise_block : kernels.conv_block);
  return {};
}

}  // namespace inloop::nn
