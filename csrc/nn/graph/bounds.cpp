// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/graph/bounds.h"

#include <algorithm>

#include "nn/graph/integer_rules.h"

namespace inloop::nn {
namespace {

using Ranges = std::vector<Range>;

Range hull(Range a, Range b) { return {std::min(a.low, b.low), std::max(a.high, b.high)}; }
Range map(Range a, auto&& monotone) { return {monotone(a.low), monotone(a.high)}; }

bool fits(Range sum) { return sum.low >= INT32_MIN && sum.high <= INT32_MAX; }

Range product(Range a, Range b) {
  const int64_t corners[4] = {a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high};
  return {*std::min_element(corners, corners + 4), *std::max_element(corners, corners + 4)};
}

// Returns the range of all partial sums for each output channel. A tap may read padding, so the range of each
// product includes zero.
Ranges conv_sums(const Graph& graph, const Layer& layer, const Ranges& in) {
  const int per_group = graph.channels(layer.inputs[0]) / layer.groups;
  const int outputs_per_group = layer.channels / layer.groups;
  const int taps = layer.window.kernel_height * layer.window.kernel_width;
  Ranges sums(static_cast<size_t>(layer.channels));
  const int16_t* weight = layer.constant.data();
  for (int o = 0; o < layer.channels; ++o) {
    Range sum;
    const Range* x = in.data() + o / outputs_per_group * per_group;
    for (int tap = 0; tap < taps; ++tap)
      for (int c = 0; c < per_group; ++c) {
        const int64_t w = *weight++;
        const int64_t a = w * x[c].low, b = w * x[c].high;
        sum.low += std::min({a, b, int64_t{0}});
        sum.high += std::max({a, b, int64_t{0}});
      }
    sums[static_cast<size_t>(o)] = sum;
  }
  return sums;
}

class Propagation {
 public:
  Propagation(const Graph& graph, bool refuse, Bounds& bounds)
      : graph_(graph), refuse_(refuse), bounds_(bounds) {}

  Status run() {
    for (const GraphInput& input : graph_.inputs)
      bounds_.values.emplace_back(static_cast<size_t>(input.channels), Range{-32768, 32767});
    bounds_.sums.resize(graph_.layers.size());
    for (size_t i = 0; i < graph_.layers.size(); ++i) INLOOP_RETURN_IF_ERROR(layer(i));
    return {};
  }

 private:
  const Ranges& operand(const Layer& layer, size_t index) const {
    return bounds_.values[static_cast<size_t>(layer.inputs[index])];
  }

  Status layer(size_t index) {
    const Layer& layer = graph_.layers[index];
    Ranges out;
    if (layer.op == Op::conv) {
      Ranges sums = conv_sums(graph_, layer, operand(layer, 0));
      for (size_t c = 0; c < sums.size(); ++c)
        if (refuse_ && !fits(sums[c]))
          return Status::model("layer '" + layer.name + "': the sum of output channel " + std::to_string(c) +
                               " can leave 32 bits; lower the quantizer of its weights");
      const int shift = product_shift(graph_, layer);
      // A sum that may wrap can have any value.
      for (Range sum : sums)
        out.push_back(fits(sum) ? map(sum, [&](int64_t v) { return saturate(v >> shift); })
                                : Range{-kSaturation, kSaturation});
      bounds_.sums[index] = std::move(sums);
    } else if (layer.op == Op::concat) {
      for (size_t i = 0; i < layer.inputs.size(); ++i) {
        const int shift = graph_.quantizer(layer.inputs[i]) - layer.quantizer;
        for (Range r : operand(layer, i)) out.push_back(map(r, [&](int64_t v) { return v >> shift; }));
      }
    } else if (mixes_channels(layer)) {
      Range all = operand(layer, 0)[0];
      for (Range r : operand(layer, 0)) all = hull(all, r);
      out.assign(static_cast<size_t>(layer.channels), all);
    } else if (layer.op == Op::constant || layer.op == Op::table) {
      Range all = {layer.constant[0], layer.constant[0]};
      for (int16_t number : layer.constant) all = hull(all, {number, number});
      out.assign(static_cast<size_t>(layer.channels), all);
    } else {
      for (int c = 0; c < layer.channels; ++c) out.push_back(channel(layer, static_cast<size_t>(c)));
    }
    bounds_.values.push_back(std::move(out));
    return {};
  }

  // In these operations any channel of the input may become any channel of the result.
  static bool mixes_channels(const Layer& layer) {
    return layer.op == Op::depth_to_space || layer.op == Op::space_to_depth || layer.op == Op::rearrange ||
           (layer.op == Op::reduce_mean && layer.axes & 1 << kChannels);
  }

  static size_t source_channel(const Layer& layer, size_t c, size_t channels) {
    if (layer.op == Op::slice) return c + static_cast<size_t>(layer.channel_begin);
    return layer.op == Op::tile || layer.op == Op::expand ? c % channels : c;
  }

  // Returns the range of operand `index` of an operation that shifts its operands right to the lower
  // quantizer.
  Range shifted(const Layer& layer, size_t index, size_t c) const {
    const int shift = graph_.quantizer(layer.inputs[index]) - layer.quantizer;
    return map(operand(layer, index)[c], [&](int64_t v) { return v >> shift; });
  }

  Range channel(const Layer& layer, size_t c) const {
    const Ranges& in = operand(layer, 0);
    const Range x = in[source_channel(layer, c, in.size())];
    const int64_t k = layer.constant.empty()
                          ? 0
                          : layer.constant[layer.constant.size() > 1 && layer.op != Op::clip ? c : 0];
    const int shift = product_shift(graph_, layer);
    switch (layer.op) {
      case Op::bias_add:
        return map(x, [&](int64_t v) {
          return bias_rule(v, k, graph_.quantizer(layer.inputs[0]) - layer.quantizer);
        });
      case Op::prelu: {
        if (x.low >= 0) return x;
        const Range negative = {x.low, std::min<int64_t>(x.high, 0)};
        const Range scaled = map(product(negative, {k, k}), [&](int64_t v) { return saturate(v >> shift); });
        return x.high < 0 ? scaled : hull(scaled, {0, x.high});
      }
      case Op::relu:
        return map(x, [](int64_t v) { return std::max<int64_t>(v, 0); });
      case Op::pad:
        return hull(x, {0, 0});
      case Op::clip:
        return map(x, [&](int64_t v) {
          return std::clamp<int64_t>(v, layer.constant[0], std::max(layer.constant[0], layer.constant[1]));
        });
      case Op::mul_constant:
        return map(product(x, {k, k}), [&](int64_t v) { return saturate(v >> shift); });
      case Op::mul:
        return map(product(x, operand(layer, 1)[c]), [&](int64_t v) { return saturate(v >> shift); });
      case Op::add: {
        const Range a = shifted(layer, 0, c), b = shifted(layer, 1, c);
        return {saturate(a.low + b.low), saturate(a.high + b.high)};
      }
      case Op::sub: {
        const Range a = shifted(layer, 0, c), b = shifted(layer, 1, c);
        return {saturate(a.low - b.high), saturate(a.high - b.low)};
      }
      case Op::select:
        return hull(shifted(layer, 1, c), shifted(layer, 2, c));
      case Op::compare:
        return {0, 1};
      case Op::join: {
        Range all = shifted(layer, 0, c);
        for (size_t i = 1; i < layer.inputs.size(); ++i) all = hull(all, shifted(layer, i, c));
        return all;
      }
      case Op::resize:
      case Op::resize_to:
        return is_cubic(layer.resampling.interpolation) ? Range{-kSaturation, kSaturation} : x;
      case Op::average_pool:
        return hull(map(x, [](int64_t v) { return saturate(v); }), {0, 0});
      case Op::pad_border:
      case Op::pad_multiple:
        return layer.constant.empty() ? x : hull(x, {layer.constant[0], layer.constant[0]});
      case Op::maximum:
      case Op::minimum:
        return {-kSaturation, kSaturation};
      default:
        return x;
    }
  }

  const Graph& graph_;
  bool refuse_;
  Bounds& bounds_;
};

}  // namespace

Status compute_bounds(const Graph& graph, bool refuse, Bounds& bounds) {
  return Propagation(graph, refuse, bounds).run();
}

}  // namespace inloop::nn
