// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/passes/merge_heads.h"

#include <algorithm>
#include <cstddef>
#include <map>

namespace inloop::nn {
namespace {

// The most channels of inputs and of results, which is one group of the kernels.
constexpr int kMaxChannels = 8;

struct Head {
  int conv = -1, bias = -1;  // indices of layers
};

// Consecutive operands of a concatenation.
struct Run {
  size_t first = 0;
  std::vector<Head> heads;
  int inputs = 0, outputs = 0;  // in channels
};

class HeadMerger {
 public:
  explicit HeadMerger(Graph& graph) : graph_(graph), readers_(static_cast<size_t>(graph.value_count())) {
    for (const Layer& layer : graph.layers)
      for (int value : layer.inputs) ++readers_[static_cast<size_t>(value)];
    for (const GraphOutput& output : graph.outputs) ++readers_[static_cast<size_t>(output.value)];
  }

  bool run() {
    std::vector<bool> dropped(graph_.layers.size());
    for (size_t i = 0; i < graph_.layers.size(); ++i) {
      if (graph_.layers[i].op != Op::concat) continue;
      for (const Run& run : find(graph_.layers[i])) {
        runs_[i].push_back(run);
        for (const Head& head : run.heads)
          for (int layer : {head.conv, head.bias})
            if (layer >= 0) dropped[static_cast<size_t>(layer)] = true;
      }
    }
    if (runs_.empty()) return false;
    rebuild(dropped);
    return true;
  }

 private:
  const Layer& layer(int index) const { return graph_.layers[static_cast<size_t>(index)]; }
  int layer_of(int value) const { return value - static_cast<int>(graph_.inputs.size()); }
  bool read_once(int value) const { return readers_[static_cast<size_t>(value)] == 1; }

  static bool is_pointwise(const Layer& conv) {
    const Window& w = conv.window;
    return conv.op == Op::conv && conv.groups == 1 && w.kernel_height == 1 && w.kernel_width == 1 &&
           w.stride_y == 1 && w.stride_x == 1 && !(w.top | w.left | w.bottom | w.right);
  }

  bool find_head(int value, Head& head) const {
    if (graph_.is_input(value) || !read_once(value)) return false;
    head = {layer_of(value), -1};
    if (layer(head.conv).op == Op::bias_add) {
      head.bias = head.conv;
      const int source = layer(head.bias).inputs[0];
      if (graph_.is_input(source) || !read_once(source)) return false;
      head.conv = layer_of(source);
    }
    return is_pointwise(layer(head.conv)) && graph_.is_input(layer(head.conv).inputs[0]);
  }

  bool fit(const Head& a, const Head& b) const {
    const Layer &x = layer(a.conv), &y = layer(b.conv);
    if ((a.bias < 0) != (b.bias < 0)) return false;
    if (a.bias >= 0 && layer(a.bias).quantizer != layer(b.bias).quantizer) return false;
    return x.inputs[0] != y.inputs[0] && x.quantizer == y.quantizer &&
           x.constant_quantizer == y.constant_quantizer &&
           graph_.quantizer(x.inputs[0]) == graph_.quantizer(y.inputs[0]);
  }

  std::vector<Run> find(const Layer& concat) const {
    std::vector<Run> runs;
    Run run;
    const auto end_run = [&] {
      if (run.heads.size() > 1) runs.push_back(run);
      run = {};
    };
    for (size_t i = 0; i < concat.inputs.size(); ++i) {
      Head head;
      if (!find_head(concat.inputs[i], head)) {
        end_run();
        continue;
      }
      const Layer& conv = layer(head.conv);
      const int inputs = graph_.channels(conv.inputs[0]), outputs = conv.channels;
      const bool fits =
          std::all_of(run.heads.begin(), run.heads.end(), [&](const Head& h) { return fit(h, head); });
      if (!fits || run.inputs + inputs > kMaxChannels || run.outputs + outputs > kMaxChannels) end_run();
      if (run.heads.empty()) run.first = i;
      run.heads.push_back(head);
      run.inputs += inputs;
      run.outputs += outputs;
    }
    end_run();
    return runs;
  }

  // ---- The new graph.

  int add(Layer layer) {
    layers_.push_back(std::move(layer));
    return static_cast<int>(graph_.inputs.size() + layers_.size()) - 1;
  }

  int add_merged(const Run& run) {
    const Layer& first = layer(run.heads[0].conv);
    Layer concat, conv = first, bias;
    concat.op = Op::concat;
    concat.channels = run.inputs;
    concat.quantizer = graph_.quantizer(first.inputs[0]);
    conv.channels = run.outputs;
    conv.constant.assign(static_cast<size_t>(run.inputs * run.outputs), 0);
    bias.op = Op::bias_add;
    bias.channels = run.outputs;
    conv.name.clear();
    int row = 0, column = 0;
    for (const Head& head : run.heads) {
      const Layer& part = layer(head.conv);
      const int inputs = graph_.channels(part.inputs[0]);
      concat.inputs.push_back(part.inputs[0]);
      conv.name += (conv.name.empty() ? "" : " + ") + part.name;
      for (int o = 0; o < part.channels; ++o)
        std::copy_n(part.constant.begin() + o * inputs, inputs,
                    conv.constant.begin() + (row + o) * run.inputs + column);
      if (head.bias >= 0) {
        const Layer& b = layer(head.bias);
        bias.quantizer = bias.constant_quantizer = b.quantizer;
        for (int o = 0; o < part.channels; ++o)
          bias.constant.push_back(b.constant[b.constant.size() == 1 ? 0 : static_cast<size_t>(o)]);
      }
      row += part.channels;
      column += inputs;
    }
    concat.name = bias.name = conv.name;
    conv.inputs = {add(std::move(concat))};
    int value = add(std::move(conv));
    if (run.heads[0].bias >= 0) {
      bias.inputs = {value};
      value = add(std::move(bias));
    }
    return value;
  }

  void rebuild(const std::vector<bool>& dropped) {
    std::vector<int> renumbered(readers_.size(), -1);
    for (size_t i = 0; i < graph_.inputs.size(); ++i) renumbered[i] = static_cast<int>(i);
    for (size_t i = 0; i < graph_.layers.size(); ++i) {
      if (dropped[i]) continue;
      Layer copy = graph_.layers[i];
      for (int& value : copy.inputs) value = renumbered[static_cast<size_t>(value)];
      if (const auto found = runs_.find(i); found != runs_.end())
        for (auto run = found->second.rbegin(); run != found->second.rend(); ++run) {
          const auto at = copy.inputs.begin() + static_cast<ptrdiff_t>(run->first);
          *at = add_merged(*run);
          copy.inputs.erase(at + 1, at + static_cast<ptrdiff_t>(run->heads.size()));
        }
      renumbered[static_cast<size_t>(graph_.value_of_layer(i))] = add(std::move(copy));
    }
    for (GraphOutput& output : graph_.outputs) output.value = renumbered[static_cast<size_t>(output.value)];
    graph_.layers = std::move(layers_);
  }

  Graph& graph_;
  std::vector<int> readers_;
  std::map<size_t, std::vector<Run>> runs_;  // by the layer of the concatenation
  std::vector<Layer> layers_;
};

}  // namespace

bool merge_heads(Graph& graph) { return graph.type == ElementType::int16 && HeadMerger(graph).run(); }

}  // namespace inloop::nn
