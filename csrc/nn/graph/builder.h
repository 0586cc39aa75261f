// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "nn/graph/graph.h"
#include "nn/graph/model.h"

namespace inloop::nn {

// Integers / 2^quantizer, of an integer network.
struct Numbers {
  std::vector<int16_t> values;
  int quantizer = 0;
};

// Makes a network in memory, layer by layer, without its file form: for small networks whose weights come out
// of a stream. Every call gives the number of the value that it makes; what is wrong with a network is found
// by build().
class GraphBuilder {
 public:
  explicit GraphBuilder(ElementType type = ElementType::int16) { graph_.type = type; }

  int input(std::string name, int channels, int quantizer = 0);
  // value: what the output is; several outputs keep their order.
  void output(std::string name, int value);

  // Any layer: channels and quantizer of its result are set by the rules, where these give them.
  int add(Layer layer);

  // Weights are [channels][kernel height][kernel width][channels of the input / groups]; `quantizer` is that
  // of the result.
  int conv(int input, int channels, Numbers weights, const Window& window, int quantizer, int groups = 1);
  // One number, or one a channel.
  int bias_add(int input, Numbers bias);
  int prelu(int input, Numbers slopes);
  int relu(int input);
  int sum(int a, int b);
  int concat(std::vector<int> inputs);
  int depth_to_space(int input, int block);

  // Ends the building and checks everything. Errors as for Model::create().
  Status build(std::shared_ptr<const Model>& out, bool allow_wrapping = false);

 private:
  int with_constant(Layer layer, Numbers numbers);

  Graph graph_;
  bool unknown_value_ = false;  // a layer reads one that did not exist
};

// A window whose result has the input's size, for odd kernels and a stride of 1.
Window same_window(int kernel);

}  // namespace inloop::nn
