// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>

#include "nn/packing.h"
#include "nn/passes/fuse.h"
#include "nn/plan.h"

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

class Packer {
 public:
  Packer(const Plan& plan, const FusedLayer& fused, Step& step)
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
        pitch_(plan.buffers[static_cast<size_t>(step.operands[0].view.buffer)].pitch) {
    packed_.channels = round_up(channels_, 8);
  }

  Status dense() {
    const Window& w = layer_.window;
    const int even = round_up(in_channels_, 2);
    packed_.merged_columns = w.kernel_width > 1 && pitch_ == even;
    const int columns = packed_.merged_columns ? 1 : w.kernel_width;
    packed_.run_pairs = even / 2 * (packed_.merged_columns ? w.kernel_width : 1);
    packed_.chunk = chunk_pixels(2 * pitch_ * w.stride_x * w.kernel_height, 24);
    const int64_t pairs = int64_t{w.kernel_height} * columns * packed_.run_pairs;
    if (pairs * packed_.channels > kMaxPackedWeights)
      return Status::unsupported("layer '" + layer_.name + "': convolution with too many weights");
    packed_.weights = AlignedBuffer<int16_t>(static_cast<size_t>(pairs * packed_.channels * 2));
    const DenseWeights<int16_t> weights(graph_, layer_, layer_.constant);
    int16_t* out = packed_.weights.data();
    for_blocks(packed_.channels, table_.conv_block, [&](int first, int block) {
      for (int tap = 0; tap < w.kernel_height * w.kernel_width; ++tap)
        for (int input = 0; input < even; input += 2)
          for (int lane = 0; lane < block; ++lane, out += 2) {
            const int channel = channel_begin_ + first + table_.lane_channel(block, lane);
            for (int i = 0; i < 2; ++i) out[i] = weights.at(channel, tap, in_begin_ + input + i);
          }
    });
    return {};
  }

  void depthwise() {
    const int taps = layer_.window.kernel_height * layer_.window.kernel_width, pairs = (taps + 1) / 2;
    packed_.weights =
        AlignedBuffer<int16_t>(static_cast<size_t>(pairs) * static_cast<size_t>(packed_.channels) * 2);
    int16_t* out = packed_.weights.data();
    for_blocks(packed_.channels, table_.depthwise_block, [&](int first, int block) {
      for (int tap = 0; tap < 2 * pairs; tap += 2)
        for (int lane = 0; lane < block; ++lane, out += 2) {
          const int channel = first + table_.lane_channel(block, lane);
          if (channel >= layer_.channels) continue;
          for (int i = 0; i < 2; ++i)
            if (tap + i < taps) out[i] = layer_.constant[static_cast<size_t>(channel * taps + tap + i)];
        }
    });
  }

  void epilogue(const Bounds& bounds, bool fold, int widest) {
    Epilogue& e = packed_.epilogue;
    e.shift = product_shift(graph_, layer_);
    packed_.start = AlignedBuffer<int32_t>(static_cast<size_t>(packed_.channels));
    if (fused_.bias >= 0) bias(graph_.layers[static_cast<size_t>(fused_.bias)], bounds, fold, widest);
    if (fused_.add >= 0) {
      const Layer& add = graph_.layers[static_cast<size_t>(fused_.add)];
      e.residual_shift =
          std::min(graph_.quantizer(fused_.residual) - add.quantizer, 15);  // of 16 bits: 15 and more agree
      const int self = add.inputs[0] == fused_.residual ? add.inputs[1] : add.inputs[0];
      e.self_shift = std::min(graph_.quantizer(self) - add.quantizer, 15);
    }
    if (fused_.activation >= 0) activation(graph_.layers[static_cast<size_t>(fused_.activation)]);
  }

 private:
  // (sum >> s) + b = (sum + (b << s)) >> s, so the bias can start the sum where no saturation comes between
  // and int32 holds.
  bool can_fold(const Layer& bias, const std::vector<Range>& sums, int shift) const {
    for (size_t c = 0; c < sums.size(); ++c) {
      const int64_t b = bias.constant[bias.constant.size() == 1 ? 0 : c] * (int64_t{1} << shift);
      if (sums[c].low >> packed_.epilogue.shift < -32767 || sums[c].high >> packed_.epilogue.shift > 32767)
        return false;
      if (sums[c].low + std::min<int64_t>(b, 0) < INT32_MIN ||
          sums[c].high + std::max<int64_t>(b, 0) > INT32_MAX)
        return false;
    }
    return true;
  }

  // Of a layer with one number or one a channel, for channel c of the step.
  int16_t per_channel(const Layer& layer, int c) const {
    return layer.constant[layer.constant.size() == 1 ? 0 : static_cast<size_t>(channel_begin_ + c)];
  }

  void bias(const Layer& bias, const Bounds& bounds, bool fold, int widest) {
    Epilogue& e = packed_.epilogue;
    const int d = graph_.quantizer(bias.inputs[0]) - bias.quantizer;
    const auto number = [&](int c) { return per_channel(bias, c); };
    const auto& sums = bounds.sums[static_cast<size_t>(fused_.layer)];
    if (fold && e.shift + d <= 31 && can_fold(bias, sums, e.shift + d)) {
      e.shift += d;
      for_blocks(packed_.channels, widest, [&](int first, int block) {
        for (int lane = 0; lane < block; ++lane) {
          const int channel = first + table_.lane_channel(block, lane);
          if (channel < channels_)
            packed_.start[static_cast<size_t>(first + lane)] =
                static_cast<int32_t>(number(channel) * (int64_t{1} << e.shift));
        }
      });
      return;
    }
    packed_.bias = AlignedBuffer<int16_t>(static_cast<size_t>(packed_.channels));
    for (int c = 0; c < channels_; ++c) packed_.bias[static_cast<size_t>(c)] = number(c);
    e.bias = packed_.bias.data();
    e.bias_shift = std::min(d, 15);
  }

  void activation(const Layer& layer) {
    Epilogue& e = packed_.epilogue;
    if (layer.op == Op::relu) {
      e.activation = Activation::relu;
      return;
    }
    e.activation = Activation::prelu_half;
    packed_.slope_low = AlignedBuffer<int16_t>(static_cast<size_t>(packed_.channels));
    packed_.slope_units = AlignedBuffer<int16_t>(static_cast<size_t>(packed_.channels));
    for (int c = 0; c < channels_; ++c) {
      const int scaled = per_channel(layer, c) * (1 << (16 - layer.constant_quantizer));
      const int units = scaled >= 32768 ? 1 : scaled < -32768 ? -1 : 0;
      packed_.slope_low[static_cast<size_t>(c)] = static_cast<int16_t>(scaled - units * 65536);
      packed_.slope_units[static_cast<size_t>(c)] = static_cast<int16_t>(units);
      if (units)
        e.activation = Activation::prelu;
      else if (packed_.slope_low[static_cast<size_t>(c)] < 0 && e.activation == Activation::prelu_half)
        e.activation = Activation::prelu_fraction;
    }
    e.slope_low = packed_.slope_low.data();
    e.slope_units = packed_.slope_units.data();
  }

  const Graph& graph_;
  const FusedLayer& fused_;
  const Layer& layer_;
  const KernelTable& table_;
  PackedConv& packed_;
  int in_channels_, in_begin_, channels_, channel_begin_, pitch_;
};

}  // namespace

Status pack_convolution(const Plan& plan, const FusedLayer& fused, const Bounds& bounds,
                        const PlanOptions& options, bool depthwise, Step& step) {
  Packer packer(plan, fused, step);
  if (depthwise)
    packer.depthwise();
  else
    INLOOP_RETURN_IF_ERROR(packer.dense());
  const KernelTable& table = *plan.kernels;
  packer.epilogue(bounds, options.fold_bias, depthwise ? table.depthwise_block : table.conv_block);
  return {};
}

}  // namespace inloop::nn
