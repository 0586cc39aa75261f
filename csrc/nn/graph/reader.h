// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "nn/graph/graph.h"

namespace inloop::nn {

// The compact form of a network (".inl"), little endian:
//   "INLOOPNN" | u16 version 1 | u16 0 | u32 size of canonical part | canonical part | extra part
// canonical part (what the identity is the SHA-256 of):
//   u8 element type | u16 inputs: {name, u16 channels, i8 quantizer}
//   | u16 layers: {u8 op, u8 inputs, u16 value each, i8 quantizer, fields of the op} | u16 outputs: {name,
//   u16 value}
// extra part: u16 metadata: {u16 size, key, u32 size, text} | a name for each layer.
// name: u8 size and bytes. window: u8 kernel height, width, stride y, x, pad top, left, bottom, right.
// sides: u16 top, left, bottom, right. constant: i8 quantizer, u32 count, numbers (i16 or f32). Fields:
//   conv           u16 channels, u16 groups, window, constant
//   bias_add, prelu, mul_constant, clip    constant
//   slice          u16 first channel, u16 channels, sides (rows and columns cut)
//   pad            sides
//   max_pool       window
//   average_pool   window, u8 border counts
//   depth_to_space u8 block, u8 mode; space_to_depth u8 block
//   reduce_mean    u8 axes (1 height, 2 width, 4 channels)
//   resize         u8 interpolation, u8 coordinates, u8 nearest mode, u8 pytorch, u16 numerator and
//                  denominator of the height's scale, of the width's
//   grid_sample    u8 interpolation, u8 padding, u8 align corners
//   function       u8 function, 2 x f32 parameters
//   table          u8 shift, constant
//   compare        u8 comparison
//   expand         u16 channels
//   tile           u16 repetitions of height, of width, of channels
//   rearrange      u8 axes: {u8 source dimension, u16 size or 0}, then for height, width and channels of the
//                  result: u8 count, u8 axis each
//   constant       u16 height, u16 width, u16 channels, constant
//   pad_border     u8 mode, sides, constant
struct ModelFile {
  Graph graph;
  std::map<std::string, std::string> metadata;
  std::array<uint8_t, 32> sha256{};
};

// Bounds-checked; memory is proportional to `size`. Errors are StatusCode::model, or unsupported for an
// operation without integer rules in an integer network.
Status read_model(const uint8_t* data, size_t size, ModelFile& out);

}  // namespace inloop::nn
