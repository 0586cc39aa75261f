// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "nn/graph/layer_fields.h"

namespace inloop::nn {

// These numbers are part of the compact form and of every model's identity, so they must never be reused or
// changed.
enum class Op : uint8_t {
  conv = 1,
  bias_add = 2,
  prelu = 3,
  relu = 4,
  add = 5,
  concat = 6,
  slice = 7,
  mul = 8,
  mul_constant = 9,
  clip = 10,
  pad = 11,
  maximum = 12,
  minimum = 13,
  max_pool = 14,
  depth_to_space = 15,
  space_to_depth = 16,
  sub = 17,
  average_pool = 18,
  reduce_mean = 19,
  resize = 20,
  grid_sample = 21,
  function = 22,
  table = 23,
  compare = 24,
  select = 25,
  expand = 26,
  tile = 27,
  rearrange = 28,
  constant = 29,
  pad_border = 30,
  resize_to = 31,
  crop_to = 32,
  pad_multiple = 33,
  flip = 34,
  join = 35,
};

// Returns whether ElementOps (element_ops.h) computes the operation.
inline bool is_element_op(Op op) { return op == Op::max_pool || (op >= Op::sub && op <= Op::join); }

const char* op_name(Op op);

enum class ElementType : uint8_t { int16 = 0, float32 = 1 };

// Saturation is symmetric: -32768 is never the result of an operation.
constexpr int kSaturation = 32767;

struct Shape {
  int height = 0, width = 0, channels = 0;
};

// Values are numbered: first the inputs of the graph, then the results of the layers in their order.
struct Layer {
  Op op = Op::relu;
  std::vector<int> inputs;
  std::string name;               // only for messages and profiles
  int channels = 0;               // of the result
  int quantizer = 0;              // of the result; value = integer / 2^quantizer
  Window window;                  // conv, max_pool, average_pool, slice, pad, pad_border
  int groups = 1;                 // conv
  int channel_begin = 0;          // slice: first channel kept
  int block = 1;                  // depth_to_space, space_to_depth
  bool column_row_depth = false;  // depth_to_space: ONNX mode CRD
  bool count_padding = false;     // average_pool: the border counts as zeros
  int axes = 0;                   // reduce_mean, crop_to, flip, join: a sum of 1 << Dimension
  int table_shift = 0;            // table: knots are 1 << table_shift apart
  Resampling resampling;          // resize
  GridSampling grid;              // grid_sample
  Function function = Function::sigmoid;
  float parameters[2] = {};  // function
  Comparison comparison = Comparison::less;
  BorderMode border = BorderMode::edge;  // pad_border
  Shape extent;                          // constant: its shape; tile: repetitions
  Rearrangement rearrangement;           // rearrange
  int constant_quantizer = 0;
  // The numbers that an operation holds, integers or floats by the type of the graph:
  //   conv                          weights [channels][kernel_height][kernel_width][input channels / groups]
  //   bias_add, prelu, mul_constant one number or one per channel
  //   clip                          low, high
  //   constant                      [height][width][channels]
  //   table                         knots
  //   pad_border of values          one number
  std::vector<int16_t> constant;
  std::vector<float> constant_f32;
};

struct GraphInput {
  std::string name;
  int channels = 0;
  int quantizer = 0;
};

struct GraphOutput {
  std::string name;
  int value = 0;
};

struct Graph {
  ElementType type = ElementType::int16;
  std::vector<GraphInput> inputs;
  std::vector<Layer> layers;
  std::vector<GraphOutput> outputs;

  int value_count() const { return static_cast<int>(inputs.size() + layers.size()); }
  bool is_input(int value) const { return value < static_cast<int>(inputs.size()); }
  int value_of_layer(size_t layer) const { return static_cast<int>(inputs.size() + layer); }
  const Layer& layer_of(int value) const { return layers[static_cast<size_t>(value) - inputs.size()]; }
  int channels(int value) const {
    return is_input(value) ? inputs[static_cast<size_t>(value)].channels : layer_of(value).channels;
  }
  int quantizer(int value) const {
    return is_input(value) ? inputs[static_cast<size_t>(value)].quantizer : layer_of(value).quantizer;
  }
};

// Returns whether the operands of the operation must have the same height and width.
bool is_pointwise(Op op);

// True for operations that read nothing of their second operand but its height and width.
bool takes_size_of_second(Op op);

constexpr int kMaxChannels = 4096;  // the most channels of a value

// Returns the channels of a layer's result as its operands and fields determine them, or layer.channels where
// the operation names them itself.
int result_channels(const Graph& graph, const Layer& layer);

// Returns the quantizer that the rules give to a layer's result, or layer.quantizer where the operation
// chooses its own.
int result_quantizer(const Graph& graph, const Layer& layer);

// Returns the right shift of a convolution's sum, of a product (mul, mul_constant) or of x * slope.
int product_shift(const Graph& graph, const Layer& layer);

// Checks structure, channel counts, quantizers and constants; everything else relies on that. An error names
// the layer. It is a model error, or unsupported for an operation without integer rules in an integer
// network.
Status check_graph(const Graph& graph);

// Derives the shapes of all values for inputs of height x width. It is a config error if a tensor would
// become empty or sizes disagree.
Status infer_shapes(const Graph& graph, int height, int width, std::vector<Shape>& shapes);

}  // namespace inloop::nn
