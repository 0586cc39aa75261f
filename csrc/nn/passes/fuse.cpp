// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/passes/fuse.h"

#include <algorithm>
#include <cstdlib>

namespace inloop::nn {
namespace {

class Fuser {
 public:
  explicit Fuser(const Graph& graph)
      : graph_(graph), readers_(static_cast<size_t>(graph.value_count())), taken_(graph.layers.size()) {
    for (size_t i = 0; i < graph.layers.size(); ++i)
      for (int value : graph.layers[i].inputs)
        readers_[static_cast<size_t>(value)].push_back(static_cast<int>(i));
    for (const GraphOutput& output : graph.outputs) readers_[static_cast<size_t>(output.value)].push_back(-1);
  }

  std::vector<FusedLayer> run(bool enabled) {
    std::vector<FusedLayer> groups;
    // The order is backwards, so that the later of two convolutions whose results are added takes the
    // addition.
    for (size_t i = graph_.layers.size(); i-- > 0;)
      if (graph_.layers[i].op == Op::conv) groups.push_back(convolution(static_cast<int>(i), enabled));
    for (size_t i = 0; i < graph_.layers.size(); ++i)
      if (!taken_[i])
        groups.push_back({.layer = static_cast<int>(i), .out_value = value(static_cast<int>(i))});
    return groups;
  }

 private:
  bool is_float() const { return graph_.type == ElementType::float32; }
  int value(int layer) const { return graph_.value_of_layer(static_cast<size_t>(layer)); }

  // Returns the only reader of a value if it is a free layer of that kind, else -1.
  int only_reader(int of, Op op) const {
    const auto& readers = readers_[static_cast<size_t>(of)];
    if (readers.size() != 1 || readers[0] < 0 || taken_[static_cast<size_t>(readers[0])]) return -1;
    return graph_.layers[static_cast<size_t>(readers[0])].op == op ? readers[0] : -1;
  }

  int take(int layer) {
    taken_[static_cast<size_t>(layer)] = true;
    return layer;
  }

  void take_add(FusedLayer& group) {
    const int add = only_reader(group.out_value, Op::add);
    if (add < 0) return;
    const Layer& layer = graph_.layers[static_cast<size_t>(add)];
    if (layer.inputs[0] == layer.inputs[1]) return;
    group.add = take(add);
    group.residual = layer.inputs[layer.inputs[0] == group.out_value ? 1 : 0];
    group.out_value = value(add);
  }

  // Returns whether the epilogue of the kernels can do the activation.
  bool is_activation(const Layer& layer) const {
    if (layer.op == Op::relu) return true;
    if (is_float()) return layer.op == Op::prelu || layer.op == Op::clip;
    return layer.op == Op::prelu && has_fast_slopes(layer);
  }

  // The value before the activation may have other readers; it is then stored as well. The activation must be
  // the first reader, since the group runs where its last layer stands and every other reader must come after
  // that.
  void take_activation(FusedLayer& group) {
    const auto& readers = readers_[static_cast<size_t>(group.out_value)];
    if (readers.empty() || readers[0] < 0 || taken_[static_cast<size_t>(readers[0])]) return;
    if (!is_activation(graph_.layers[static_cast<size_t>(readers[0])])) return;
    if (readers.size() > 1) group.raw_value = group.out_value;
    group.activation = take(readers[0]);
    group.out_value = value(group.activation);
  }

  FusedLayer convolution(int index, bool enabled) {
    FusedLayer group{.layer = take(index), .out_value = value(index)};
    if (!enabled) return group;
    const int bias = only_reader(group.out_value, Op::bias_add);
    if (bias >= 0 && (is_float() || graph_.quantizer(group.out_value) >=
                                        graph_.layers[static_cast<size_t>(bias)].quantizer)) {
      group.bias = take(bias);
      group.out_value = value(bias);
    }
    take_add(group);
    take_activation(group);
    return group;
  }

  const Graph& graph_;
  std::vector<std::vector<int>> readers_;
  std::vector<bool> taken_;
};

}  // namespace

bool has_fast_slopes(const Layer& prelu) {
  const int q = prelu.constant_quantizer;
  if (q > 16 || q < 0) return false;
  return std::all_of(prelu.constant.begin(), prelu.constant.end(), [&](int16_t slope) {
    return std::llabs(int64_t{slope} * (int64_t{1} << (16 - q))) < 98304;
  });
}

std::vector<FusedLayer> fuse_epilogues(const Graph& graph, bool enabled) { return Fuser(graph).run(enabled); }

}  // namespace inloop::nn
