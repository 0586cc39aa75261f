// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "nn/graph.h"

namespace inloop::nn {

// The compact form of a network (".inl"), little endian:
//   "INLOOPNN" | u16 version 1 | u16 0 | u32 size of canonical part | canonical part | extra part
// canonical part (what the identity is the SHA-256 of):
//   u8 element type | u16 inputs: {name, u16 channels, i8 quantizer}
//   | u16 layers: {u8 op, u8 inputs, u16 value each, i8 quantizer, fields of the op} | u16 outputs: {name,
//   u16 value}
// extra part: u16 metadata: {u16 size, key, u32 size, text} | a name for each layer.
// name: u8 size and bytes. Fields: conv u16 channels, u16 groups, window, constant; max_pool window;
// bias_add, prelu, mul_constant, clip constant; slice u16 first channel, u16 channels, 4 x u16 rows/columns
// cut (top, left, bottom, right); pad 4 x u16; depth_to_space u8 block, u8 mode; space_to_depth u8 block.
// window: u8 kernel height, width, stride y, x, pad top, left, bottom, right. constant: i8 quantizer, u32
// count, numbers.
struct ModelFile {
  Graph graph;
  std::map<std::string, std::string> metadata;
  std::array<uint8_t, 32> sha256{};
};

// Bounds-checked; memory is proportional to `size`. Every error is StatusCode::model.
Status read_model(const uint8_t* data, size_t size, ModelFile& out);

}  // namespace inloop::nn
