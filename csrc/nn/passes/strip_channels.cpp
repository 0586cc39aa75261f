// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/passes/strip_channels.h"

#include <algorithm>
#include <numeric>

namespace inloop::nn {
namespace {

// Values whose channels correspond one to one form a class: what an elementwise operation, a pad, a pooling
// or a depthwise convolution reads and makes. Dense convolutions separate the classes, and there a channel
// can be removed.
class Stripper {
 public:
  Stripper(Graph& graph, const Bounds& bounds)
      : graph_(graph),
        class_(static_cast<size_t>(graph.value_count())),
        fixed_(class_.size()),
        kept_(class_.size()) {
    std::iota(class_.begin(), class_.end(), 0);
    for (size_t i = 0; i < graph.inputs.size(); ++i) fixed_[i] = true;
    for (size_t i = 0; i < graph.layers.size(); ++i) connect(i);
    for (const GraphOutput& output : graph.outputs) fix(output.value);
    for (size_t value = 0; value < class_.size(); ++value) {
      auto& kept = kept_[static_cast<size_t>(root(static_cast<int>(value)))];
      kept.resize(bounds.values[value].size());
      for (size_t c = 0; c < kept.size(); ++c) {
        const Range r = bounds.values[value][c];
        if (r.low || r.high) kept[c] = true;
      }
    }
  }

  bool run() {
    bool stripped = false;
    for (size_t i = 0; i < graph_.layers.size(); ++i) {
      Layer& layer = graph_.layers[i];
      if (is_dense(layer)) strip_inputs(layer);
      const auto& kept = kept_of(graph_.value_of_layer(i));
      if (kept.empty()) continue;
      stripped = true;
      strip_constants(layer, kept);
      if (layer.op == Op::conv && !is_dense(layer)) layer.groups = count(kept);
      layer.channels = count(kept);
    }
    return stripped;
  }

 private:
  static bool is_dense(const Layer& layer) { return layer.op == Op::conv && layer.groups == 1; }
  static int count(const std::vector<bool>& kept) {
    return static_cast<int>(std::count(kept.begin(), kept.end(), true));
  }

  int root(int value) const {
    while (class_[static_cast<size_t>(value)] != value) value = class_[static_cast<size_t>(value)];
    return value;
  }
  void fix(int value) { fixed_[static_cast<size_t>(root(value))] = true; }
  void join(int a, int b) {
    a = root(a), b = root(b);
    if (a == b) return;
    if (fixed_[static_cast<size_t>(a)]) fixed_[static_cast<size_t>(b)] = true;
    class_[static_cast<size_t>(a)] = b;
  }

  void connect(size_t index) {
    const Layer& layer = graph_.layers[index];
    const int value = graph_.value_of_layer(index);
    switch (layer.op) {
      case Op::bias_add:
      case Op::prelu:
      case Op::relu:
      case Op::add:
      case Op::mul:
      case Op::mul_constant:
      case Op::pad:
      case Op::max_pool:
        for (int input : layer.inputs) join(input, value);
        return;
      case Op::conv:
        if (layer.groups == 1) return;
        if (layer.groups == layer.channels && layer.groups == graph_.channels(layer.inputs[0]))
          return join(layer.inputs[0], value);
        [[fallthrough]];
      default:  // such an operation knows its channels by their numbers
        for (int input : layer.inputs) fix(input);
        fix(value);
    }
  }

  // Returns which channels of a value stay, or nothing where all do.
  std::vector<bool> kept_of(int value) const {
    const auto r = static_cast<size_t>(root(value));
    const std::vector<bool>& kept = kept_[r];
    const int left = count(kept);
    if (fixed_[r] || left == static_cast<int>(kept.size())) return {};
    std::vector<bool> result = kept;
    if (!left) result[0] = true;
    return result;
  }

  static void select(std::vector<int16_t>& numbers, size_t each, const std::vector<bool>& kept) {
    std::vector<int16_t> selected;
    for (size_t i = 0; i < numbers.size(); ++i)
      if (kept[i / each % kept.size()]) selected.push_back(numbers[i]);
    numbers = std::move(selected);
  }

  void strip_inputs(Layer& layer) const {
    if (const auto kept = kept_of(layer.inputs[0]); !kept.empty()) select(layer.constant, 1, kept);
  }

  static void strip_constants(Layer& layer, const std::vector<bool>& kept) {
    if (layer.constant.size() > 1) select(layer.constant, layer.constant.size() / kept.size(), kept);
  }

  Graph& graph_;
  std::vector<int> class_;  // a value of the same class, which leads to its root
  std::vector<bool> fixed_;
  std::vector<std::vector<bool>> kept_;  // for roots
};

}  // namespace

bool strip_channels(Graph& graph, const Bounds& bounds) {
  return graph.type == ElementType::int16 && Stripper(graph, bounds).run();
}

}  // namespace inloop::nn
