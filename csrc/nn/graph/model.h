// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "nn/graph/bounds.h"
#include "nn/graph/graph.h"
#include "nn/graph/reader.h"

namespace inloop::nn {

struct TensorInfo {
  std::string name;
  int channels = 0;
  int quantizer = 0;  // value = integer / 2^quantizer
};

// A checked network. It does not change, so threads and programs share it.
class Model {
 public:
  // Reads the compact form (reader.h) and proves that no accumulator can overflow. With `allow_wrapping`,
  // sums that could are accepted; they are then modulo 2^32, still the same with every isa. Errors are
  // StatusCode::model, or unsupported for an operation without integer rules in an integer network.
  static Status parse(const uint8_t* data, size_t size, std::shared_ptr<const Model>& out,
                      bool allow_wrapping = false);
  // Does the same for a graph made in memory (see builder.h); its identity is that of its compact form.
  static Status create(Graph graph, std::shared_ptr<const Model>& out, bool allow_wrapping = false);

  const std::vector<TensorInfo>& inputs() const { return inputs_; }
  const std::vector<TensorInfo>& outputs() const { return outputs_; }
  const std::map<std::string, std::string>& metadata() const { return metadata_; }
  std::array<uint8_t, 32> sha256() const { return sha256_; }
  bool is_float() const { return graph_.type == ElementType::float32; }

  // Returns the multiplications of all convolutions (padding included) for inputs of height x width, or 0
  // where that size cannot run. They are counted once per size.
  int64_t macs(int height, int width) const;
  int64_t parameters() const;

  // Returns a config error where the metadata say that the network is made for one size of its inputs
  // ("inloop.size") or for multiples of one ("inloop.multiple"), and this size is none of those.
  Status check_size(int height, int width) const;

  const Graph& graph() const { return graph_; }
  const Bounds& bounds() const { return bounds_; }

 private:
  static Status make(ModelFile file, bool allow_wrapping, std::shared_ptr<const Model>& out);
  bool parse_size(const char* key, int& width, int& height) const;
  int64_t count_macs(int height, int width) const;

  Graph graph_;
  Bounds bounds_;
  std::vector<TensorInfo> inputs_, outputs_;
  std::map<std::string, std::string> metadata_;
  std::array<uint8_t, 32> sha256_{};
  mutable std::mutex macs_mutex_;
  mutable std::map<std::pair<int, int>, int64_t> macs_;  // by height and width, filled on request
};

}  // namespace inloop::nn
