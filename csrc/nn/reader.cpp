// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/reader.h"

#include <cstring>

#include "nn/sha256.h"

namespace inloop::nn {
namespace {

// Well-formed as far as every decoder agrees: lead bytes with the right number of continuation bytes, no
// overlong forms, surrogates or code points beyond 0x10ffff.
bool is_utf8(const uint8_t* text, size_t size) {
  for (size_t i = 0; i < size;) {
    const uint8_t lead = text[i];
    const size_t length = lead < 0x80                   ? 1
                          : lead >= 0xc2 && lead < 0xe0 ? 2
                          : lead >= 0xe0 && lead < 0xf0 ? 3
                          : lead >= 0xf0 && lead < 0xf5 ? 4
                                                        : 0;
    if (!length || i + length > size) return false;
    uint32_t code = length == 1 ? lead : lead & (0x7fu >> length);
    for (size_t k = 1; k < length; ++k) {
      if ((text[i + k] & 0xc0) != 0x80) return false;
      code = code << 6 | (text[i + k] & 0x3fu);
    }
    if ((length == 3 && (code < 0x800 || (code >= 0xd800 && code < 0xe000))) ||
        (length == 4 && (code < 0x10000 || code > 0x10ffff)))
      return false;
    i += length;
  }
  return true;
}

// Reads little-endian numbers; past the end it yields zeros and remembers the failure.
class ByteReader {
 public:
  ByteReader(const uint8_t* data, size_t size) : at_(data), end_(data + size) {}
  bool failed() const { return failed_; }
  size_t left() const { return static_cast<size_t>(end_ - at_); }

  const uint8_t* take(size_t count) {
    if (failed_ || count > left()) {
      failed_ = true;
      return nullptr;
    }
    at_ += count;
    return at_ - count;
  }
  template <class T>
  T number() {
    T value{};
    if (const uint8_t* bytes = take(sizeof(T))) std::memcpy(&value, bytes, sizeof(T));
    return value;
  }
  int u8() { return number<uint8_t>(); }
  int i8() { return number<int8_t>(); }
  int u16() { return number<uint16_t>(); }
  std::string text(size_t count) {
    const uint8_t* bytes = take(count);
    if (bytes && !is_utf8(bytes, count)) failed_ = true;
    return bytes ? std::string(reinterpret_cast<const char*>(bytes), count) : std::string();
  }
  template <class T>
  void array(size_t count, std::vector<T>& out) {
    if (count > left() / sizeof(T)) {
      failed_ = true;
      return;
    }
    const uint8_t* bytes = take(count * sizeof(T));
    out.resize(count);
    if (count) std::memcpy(out.data(), bytes, count * sizeof(T));
  }

 private:
  const uint8_t* at_;
  const uint8_t* end_;
  bool failed_ = false;
};

void read_window(ByteReader& in, Window& window) {
  for (int* field : {&window.kernel_height, &window.kernel_width, &window.stride_y, &window.stride_x,
                     &window.top, &window.left, &window.bottom, &window.right})
    *field = in.u8();
}

void read_sides(ByteReader& in, Window& window) {
  for (int* field : {&window.top, &window.left, &window.bottom, &window.right}) *field = in.u16();
}

void read_constant(ByteReader& in, ElementType type, Layer& layer) {
  layer.constant_quantizer = in.i8();
  const auto count = in.number<uint32_t>();
  if (type == ElementType::int16)
    in.array(count, layer.constant);
  else
    in.array(count, layer.constant_f32);
}

// Channels of the result where the op's own fields do not say them; check_graph() checks them all afterwards.
int derived_channels(const Graph& graph, const Layer& layer) {
  if (layer.op == Op::concat) {
    int sum = 0;
    for (int value : layer.inputs) sum += graph.channels(value);
    return sum;
  }
  const int in = graph.channels(layer.inputs[0]);
  if (layer.op == Op::depth_to_space) return layer.block ? in / (layer.block * layer.block) : 0;
  if (layer.op == Op::space_to_depth) return in * layer.block * layer.block;
  return in;
}

bool read_fields(ByteReader& in, ElementType type, Layer& layer) {
  switch (layer.op) {
    case Op::conv:
      layer.channels = in.u16();
      layer.groups = in.u16();
      read_window(in, layer.window);
      read_constant(in, type, layer);
      return true;
    case Op::bias_add:
    case Op::prelu:
    case Op::mul_constant:
    case Op::clip:
      read_constant(in, type, layer);
      return true;
    case Op::slice:
      layer.channel_begin = in.u16();
      layer.channels = in.u16();
      read_sides(in, layer.window);
      return true;
    case Op::pad:
      read_sides(in, layer.window);
      return true;
    case Op::max_pool:
      read_window(in, layer.window);
      return true;
    case Op::depth_to_space:
      layer.block = in.u8();
      layer.column_row_depth = in.u8() != 0;
      return true;
    case Op::space_to_depth:
      layer.block = in.u8();
      return true;
    case Op::relu:
    case Op::add:
    case Op::concat:
    case Op::mul:
    case Op::maximum:
    case Op::minimum:
      return true;
  }
  return false;
}

Status read_layer(ByteReader& in, size_t index, Graph& graph) {
  Layer layer;
  const std::string where = "layer " + std::to_string(index);
  layer.name = where;
  layer.op = static_cast<Op>(in.u8());
  const int inputs = in.u8();
  if (in.failed() || inputs == 0) return Status::model(where + " is truncated or has no inputs");
  for (int i = 0; i < inputs; ++i) {
    layer.inputs.push_back(in.u16());
    if (layer.inputs.back() >= graph.value_count())
      return Status::model(where + " reads a value that does not exist yet");
  }
  layer.quantizer = in.i8();
  if (!read_fields(in, graph.type, layer))
    return Status::model(where + ": unknown operation " + std::to_string(static_cast<int>(layer.op)));
  if (in.failed()) return Status::model(where + " is truncated");
  if (!layer.channels) layer.channels = derived_channels(graph, layer);
  if (layer.channels < 1 || layer.channels > 4096)
    return Status::model(where + ": between 1 and 4096 channels are supported");
  graph.layers.push_back(std::move(layer));
  return {};
}

Status read_graph(ByteReader in, Graph& graph) {
  const int type = in.u8();
  if (type > 1) return Status::model("unknown element type");
  graph.type = static_cast<ElementType>(type);
  const int inputs = in.u16();
  for (int i = 0; i < inputs && !in.failed(); ++i) {
    GraphInput input;
    input.name = in.text(static_cast<size_t>(in.u8()));
    input.channels = in.u16();
    input.quantizer = in.i8();
    graph.inputs.push_back(std::move(input));
  }
  const int layers = in.u16();
  for (int i = 0; i < layers && !in.failed(); ++i)
    INLOOP_RETURN_IF_ERROR(read_layer(in, static_cast<size_t>(i), graph));
  const int outputs = in.u16();
  for (int i = 0; i < outputs && !in.failed(); ++i) {
    GraphOutput output;
    output.name = in.text(static_cast<size_t>(in.u8()));
    output.value = in.u16();
    graph.outputs.push_back(std::move(output));
  }
  if (in.failed()) return Status::model("network file is truncated or holds text that is not UTF-8");
  if (in.left()) return Status::model("network file has bytes that belong to nothing");
  return {};
}

Status read_extra(ByteReader in, ModelFile& out) {
  const int entries = in.u16();
  for (int i = 0; i < entries && !in.failed(); ++i) {
    std::string key = in.text(static_cast<size_t>(in.u16()));
    out.metadata[std::move(key)] = in.text(in.number<uint32_t>());
  }
  for (Layer& layer : out.graph.layers) layer.name = in.text(static_cast<size_t>(in.u8()));
  if (in.failed()) return Status::model("network file is truncated or holds text that is not UTF-8");
  if (in.left()) return Status::model("network file has bytes that belong to nothing");
  return {};
}

}  // namespace

Status read_model(const uint8_t* data, size_t size, ModelFile& out) {
  ByteReader in(data, size);
  const uint8_t* magic = in.take(8);
  if (!magic || std::memcmp(magic, "INLOOPNN", 8) != 0)
    return Status::model("not a network in inloop's compact form");
  const int version = in.u16();
  if (version != 1)
    return Status::model("compact form version " + std::to_string(version) + " is not known, only 1 is");
  in.u16();
  const auto canonical_size = in.number<uint32_t>();
  const uint8_t* canonical = in.take(canonical_size);
  if (!canonical) return Status::model("network file is truncated or holds text that is not UTF-8");
  INLOOP_RETURN_IF_ERROR(read_graph(ByteReader(canonical, canonical_size), out.graph));
  const size_t extra_size = in.left();
  INLOOP_RETURN_IF_ERROR(read_extra(ByteReader(in.take(extra_size), extra_size), out));
  out.sha256 = sha256(canonical, canonical_size);
  return check_graph(out.graph);
}

}  // namespace inloop::nn
