// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/graph/builder.h"

#include <algorithm>
#include <utility>

namespace inloop::nn {

int GraphBuilder::input(std::string name, int channels, int quantizer) {
  if (!graph_.layers.empty()) unknown_value_ = true;  // the number of the input already belongs to a layer
  graph_.inputs.push_back({std::move(name), channels, quantizer});
  return graph_.value_count() - 1;
}

void GraphBuilder::output(std::string name, int value) { graph_.outputs.push_back({std::move(name), value}); }

int GraphBuilder::add(Layer layer) {
  const auto exists = [this](int value) { return value >= 0 && value < graph_.value_count(); };
  if (!std::all_of(layer.inputs.begin(), layer.inputs.end(), exists)) {
    unknown_value_ = true;
    layer.inputs.clear();
  }
  if (layer.name.empty()) layer.name = op_name(layer.op) + std::to_string(graph_.layers.size());
  layer.channels = result_channels(graph_, layer);
  layer.quantizer = result_quantizer(graph_, layer);
  graph_.layers.push_back(std::move(layer));
  return graph_.value_count() - 1;
}

int GraphBuilder::with_constant(Layer layer, Numbers numbers) {
  layer.constant = std::move(numbers.values);
  layer.constant_quantizer = numbers.quantizer;
  return add(std::move(layer));
}

int GraphBuilder::conv(int input, int channels, Numbers weights, const Window& window, int quantizer,
                       int groups) {
  Layer layer{.op = Op::conv, .inputs = {input}, .name = {}, .channels = channels, .quantizer = quantizer};
  layer.window = window;
  layer.groups = groups;
  return with_constant(std::move(layer), std::move(weights));
}

int GraphBuilder::bias_add(int input, Numbers bias) {
  return with_constant({.op = Op::bias_add, .inputs = {input}}, std::move(bias));
}

int GraphBuilder::prelu(int input, Numbers slopes) {
  return with_constant({.op = Op::prelu, .inputs = {input}}, std::move(slopes));
}

int GraphBuilder::relu(int input) { return add({.op = Op::relu, .inputs = {input}}); }

int GraphBuilder::sum(int a, int b) { return add({.op = Op::add, .inputs = {a, b}}); }

int GraphBuilder::concat(std::vector<int> inputs) {
  return add({.op = Op::concat, .inputs = std::move(inputs)});
}

int GraphBuilder::depth_to_space(int input, int block) {
  Layer layer{.op = Op::depth_to_space, .inputs = {input}};
  layer.block = block;
  return add(std::move(layer));
}

Status GraphBuilder::build(std::shared_ptr<const Model>& out, bool allow_wrapping) {
  if (unknown_value_)
    return Status::model("a layer reads a value that does not exist yet, or an input follows one");
  return Model::create(std::move(graph_), out, allow_wrapping);
}

Window same_window(int kernel) {
  Window window;
  window.kernel_height = window.kernel_width = kernel;
  window.top = window.left = window.bottom = window.right = kernel / 2;
  return window;
}

}  // namespace inloop::nn
