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

// The compact form of a network (".inl"), little-endian:
//   "INLOOPNN" | u16 version 1 | u16 0 | u32 size of canonical part | canonical part | extra part
// canonical part, whose SHA-256 is the identity:
//   u8 element type | u16 inputs: {name, u16 channels, i8 quantizer}
//   | u16 layers: {u8 op, u8 inputs, u16 value each, i8 quantizer, fields of the op}
//   | u16 outputs: {name, u16 value}
// extra part: u16 metadata: {u16 size, key, u32 size, text} | a name for each layer.
// name: u8 size and bytes. op_table.h says which fields an operation has and what their bytes are.
struct ModelFile {
  Graph graph;
  std::map<std::string, std::string> metadata;
  std::array<uint8_t, 32> sha256{};
};

// Reads a network with checked bounds and memory in proportion to `size`. Errors are StatusCode::model, or
// unsupported for an operation without integer rules in an integer network.
Status read_model(const uint8_t* data, size_t size, ModelFile& out);

}  // namespace inloop::nn
