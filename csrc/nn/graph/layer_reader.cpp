// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/graph/layer_reader.h"

#include "nn/graph/op_table.h"
#include "nn/graph/transfer_field.h"

namespace inloop::nn {
namespace {

// The archive of transfer_field() that fills a layer.
class FieldReader {
 public:
  explicit FieldReader(ByteReader& in) : in_(in) {}

  template <class T>
  void u8(T& value) {
    value = static_cast<T>(in_.u8());
  }
  void u8(bool& value) { value = in_.u8() != 0; }
  void i8(int& value) { value = in_.i8(); }
  void u16(int& value) { value = in_.u16(); }
  void f32(float& value) { value = in_.number<float>(); }
  template <class T>
  void count(std::vector<T>& list) {
    list.resize(static_cast<size_t>(in_.u8()));
  }
  template <class T>
  void numbers(std::vector<T>& list) {
    in_.array(in_.number<uint32_t>(), list);
  }

 private:
  ByteReader& in_;
};

}  // namespace

Status read_layer(ByteReader& in, size_t index, Graph& graph) {
  Layer layer;
  const std::string where = "layer " + std::to_string(index);
  layer.name = where;
  layer.op = static_cast<Op>(in.u8());
  const int inputs = in.u8();
  if (in.failed() || (inputs == 0 && layer.op != Op::constant))
    return Status::model(where + " is truncated or has no inputs");
  for (int i = 0; i < inputs; ++i) {
    layer.inputs.push_back(in.u16());
    if (layer.inputs.back() >= graph.value_count())
      return Status::model(where + " reads a value that does not exist yet");
  }
  layer.quantizer = in.i8();
  const OpInfo* info = op_info(layer.op);
  if (!info)
    return Status::model(where + ": unknown operation " + std::to_string(static_cast<int>(layer.op)));
  FieldReader fields(in);
  for (Field field : info->fields) transfer_field(fields, field, graph.type, layer);
  if (in.failed()) return Status::model(where + " is truncated");
  layer.channels = result_channels(graph, layer);
  if (layer.channels < 1 || layer.channels > kMaxChannels)
    return Status::model(where + ": between 1 and 4096 channels are supported");
  graph.layers.push_back(std::move(layer));
  return {};
}

}  // namespace inloop::nn
