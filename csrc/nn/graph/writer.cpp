// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/graph/writer.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "nn/graph/transfer_field.h"

namespace inloop::nn {
namespace {

// The archive of transfer_field() that appends to bytes.
class FieldWriter {
 public:
  // with_numbers says whether the numbers of constants and the names are written too.
  FieldWriter(std::vector<uint8_t>& out, bool with_numbers) : out_(out), with_numbers_(with_numbers) {}

  template <class T>
  void u8(const T& value) {
    number(static_cast<uint8_t>(value));
  }
  void i8(int value) { number(static_cast<int8_t>(value)); }
  void u16(int value) { number(static_cast<uint16_t>(value)); }
  void f32(float value) { number(value); }
  template <class T>
  void count(const std::vector<T>& list) {
    u8(list.size());
  }
  template <class T>
  void numbers(const std::vector<T>& list) {
    if (!with_numbers_) return;
    number(static_cast<uint32_t>(list.size()));
    for (T value : list) number(value);
  }
  void name(const std::string& text) {
    if (!with_numbers_) return;
    u8(text.size());
    out_.insert(out_.end(), text.begin(), text.end());
  }

 private:
  template <class T>
  void number(T value) {
    uint8_t bytes[sizeof(T)];
    std::memcpy(bytes, &value, sizeof(T));
    out_.insert(out_.end(), bytes, bytes + sizeof(T));
  }

  std::vector<uint8_t>& out_;
  const bool with_numbers_;
};

void write_layer(FieldWriter& out, ElementType type, const Layer& layer) {
  out.u8(layer.op);
  out.u8(layer.inputs.size());
  for (int value : layer.inputs) out.u16(value);
  out.i8(layer.quantizer);
  if (const OpInfo* info = op_info(layer.op))
    for (Field field : info->fields) transfer_field(out, field, type, layer);
}

std::vector<uint8_t> write_graph(const Graph& graph, bool with_numbers) {
  std::vector<uint8_t> bytes;
  FieldWriter out(bytes, with_numbers);
  out.u8(graph.type);
  out.u16(static_cast<int>(graph.inputs.size()));
  for (const GraphInput& input : graph.inputs) {
    out.name(input.name);
    out.u16(input.channels);
    out.i8(input.quantizer);
  }
  out.u16(static_cast<int>(graph.layers.size()));
  for (const Layer& layer : graph.layers) write_layer(out, graph.type, layer);
  out.u16(static_cast<int>(graph.outputs.size()));
  for (const GraphOutput& output : graph.outputs) {
    out.name(output.name);
    out.u16(output.value);
  }
  return bytes;
}

}  // namespace

std::vector<uint8_t> canonical_form(const Graph& graph) { return write_graph(graph, true); }

bool same_structure(const Graph& a, const Graph& b) { return write_graph(a, false) == write_graph(b, false); }

}  // namespace inloop::nn
