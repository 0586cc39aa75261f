// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/passes/constant_planes.h"

#include <algorithm>
#include <cstddef>
#include <tuple>
#include <utility>

namespace inloop::nn {
namespace {

constexpr size_t kMaxInputs = 63;

bool is_pointwise_convolution(const Layer& layer) {
  const Window& w = layer.window;
  return layer.op == Op::conv && layer.groups == 1 && w.kernel_height == 1 && w.kernel_width == 1 &&
         !(w.top | w.left | w.bottom | w.right);
}

// One operand of a concatenation.
struct Part {
  int value, begin, channels;
  // Planes come last, those of fewer channels later, those of earlier inputs later.
  std::tuple<bool, int, int> order;
};

std::vector<Part> ordered_parts(const Graph& graph, const ConstantPlanes& planes, const Layer& concat) {
  std::vector<Part> parts;
  int begin = 0;
  for (int value : concat.inputs) {
    const uint64_t sources = planes.sources(value);
    const bool plane = sources && sources < ConstantPlanes::kNever;
    const int input = plane ? __builtin_ctzll(sources) : 0;
    const int channels = graph.channels(value);
    const std::tuple<bool, int, int> order{plane, plane ? -graph.channels(input) : 0, -input};
    parts.push_back({value, begin, channels, order});
    begin += channels;
  }
  std::stable_sort(parts.begin(), parts.end(),
                   [](const Part& a, const Part& b) { return a.order < b.order; });
  return parts;
}

// Returns, for each value, its only reader if that is an unpadded 1x1 convolution, else null.
std::vector<Layer*> pointwise_readers(Graph& graph) {
  std::vector<Layer*> readers(static_cast<size_t>(graph.value_count()));
  std::vector<int> count(readers.size());
  for (Layer& layer : graph.layers)
    for (int value : layer.inputs) {
      ++count[static_cast<size_t>(value)];
      readers[static_cast<size_t>(value)] = is_pointwise_convolution(layer) ? &layer : nullptr;
    }
  for (const GraphOutput& output : graph.outputs) ++count[static_cast<size_t>(output.value)];
  for (size_t value = 0; value < readers.size(); ++value)
    if (count[value] != 1) readers[value] = nullptr;
  return readers;
}

void reorder(Layer& concat, Layer& conv, const std::vector<Part>& parts) {
  std::vector<int16_t> weights;
  for (size_t row = 0; row < conv.constant.size(); row += static_cast<size_t>(concat.channels))
    for (const Part& part : parts) {
      const auto first = conv.constant.begin() + static_cast<ptrdiff_t>(row) + part.begin;
      weights.insert(weights.end(), first, first + part.channels);
    }
  conv.constant = std::move(weights);
  for (size_t i = 0; i < parts.size(); ++i) concat.inputs[i] = parts[i].value;
}

}  // namespace

bool move_planes_last(Graph& graph) {
  if (graph.type != ElementType::int16) return false;
  const ConstantPlanes planes(graph);
  const std::vector<Layer*> readers = pointwise_readers(graph);
  bool moved = false;
  for (size_t i = 0; i < graph.layers.size(); ++i) {
    Layer& concat = graph.layers[i];
    if (concat.op != Op::concat) continue;
    Layer* conv = readers[static_cast<size_t>(graph.value_of_layer(i))];
    if (!conv) continue;
    const std::vector<Part> parts = ordered_parts(graph, planes, concat);
    if (std::is_sorted(parts.begin(), parts.end(),
                       [](const Part& a, const Part& b) { return a.begin < b.begin; }))
      continue;
    reorder(concat, *conv, parts);
    moved = true;
  }
  return moved;
}

ConstantPlanes::ConstantPlanes(const Graph& graph) : graph_(graph) {
  if (graph.type != ElementType::int16) return;
  for (size_t i = 0; i < graph.inputs.size(); ++i)
    values_.emplace_back(static_cast<size_t>(graph.inputs[i].channels),
                         i < kMaxInputs ? uint64_t{1} << i : kNever);
  for (const Layer& layer : graph.layers) values_.push_back(sources_of(layer));
}

ConstantPlanes::Sources ConstantPlanes::sources_of(const Layer& layer) const {
  const auto channels = static_cast<size_t>(layer.channels);
  const auto operand = [&](size_t i) -> const Sources& {
    return values_[static_cast<size_t>(layer.inputs[i])];
  };
  switch (layer.op) {
    case Op::conv:
      return is_pointwise_convolution(layer) ? of_convolution(layer) : Sources(channels, kNever);
    case Op::bias_add:
    case Op::prelu:
    case Op::relu:
    case Op::clip:
    case Op::mul_constant:
      return operand(0);
    case Op::concat: {
      Sources all;
      for (size_t i = 0; i < layer.inputs.size(); ++i)
        all.insert(all.end(), operand(i).begin(), operand(i).end());
      return all;
    }
    default:
      return Sources(channels, kNever);
  }
}

// A channel with a weight of zero does not count as read.
ConstantPlanes::Sources ConstantPlanes::of_convolution(const Layer& conv) const {
  const Sources& in = values_[static_cast<size_t>(conv.inputs[0])];
  Sources out(static_cast<size_t>(conv.channels));
  const int16_t* weight = conv.constant.data();
  for (uint64_t& sources : out)
    for (uint64_t source : in)
      if (*weight++) sources |= source;
  return out;
}

uint64_t ConstantPlanes::sources(int value) const {
  uint64_t all = 0;
  for (uint64_t sources : values_[static_cast<size_t>(value)]) all |= sources;
  return std::min(all, kNever);
}

std::vector<uint64_t> ConstantPlanes::trailing(const Layer& conv) const {
  if (values_.empty() || !is_pointwise_convolution(conv)) return {};
  const Sources& in = values_[static_cast<size_t>(conv.inputs[0])];
  const auto end = std::find_if(in.rbegin(), in.rend(), [](uint64_t sources) { return sources >= kNever; });
  return {in.rbegin(), end};
}

}  // namespace inloop::nn
