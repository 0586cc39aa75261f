// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/graph/reader.h"

#include <cstring>

#include "base/sha256.h"
#include "nn/graph/byte_reader.h"
#include "nn/graph/layer_reader.h"

namespace inloop::nn {
namespace {

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
