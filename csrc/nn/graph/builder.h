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

// Integers that stand for integer / 2^quantizer, in an integer network.
struct Numbers {
  std::vector<int16_t> values;
  int quantizer = 0;
};

// Makes a network in memory, layer by layer, without its file form, for small networks whose weights come out
// of a stream. Every call returns the number of the value that it makes; build() finds what is wrong with the
// network.
class GraphBuilder {
 public:
  explicit GraphBuilder(ElementType type = ElementType::int16) { graph_.type = type; }

  int input(std::string name, int channels, int quantizer = 0);
  // `value` is what the output shows. Several outputs keep their order.
  void output(std::string name, int value);

  // Adds any layer. The rules set the channels and the quantizer of its result where they determine them.
  int add(Layer layer);

  // The weights are [channels][kernel height][kernel width][channels of the input / groups]; `quantizer` is
  // that of the result.
  int conv(int input, int channels, Numbers weights, const Window& window, int quantizer, int groups = 1);
  // Constants have one number, or one per channel.
  int bias_add(int input, Numbers bias);
  int prelu(int input, Numbers slopes);
  int relu(int input);
  int sum(int a, int b);
  int concat(std::vector<int> inputs);
  int depth_to_space(int input, int block);

  // Ends the building and checks everything; the errors are those of Model::create().
  Status build(std::shared_ptr<const Model>& out, bool allow_wrapping = false);

 private:
  int with_constant(Layer layer, Numbers numbers);

  Graph graph_;
  bool unknown_value_ = false;  // whether a layer reads a value that did not exist
};

// Returns a window whose result has the size of the input, for odd kernels and a stride of 1.
Window same_window(int kernel);

}  // namespace inloop::nn
