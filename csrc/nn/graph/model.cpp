// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/graph/model.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/sha256.h"
#include "nn/graph/writer.h"

namespace inloop::nn {

Status Model::parse(const uint8_t* data, size_t size, std::shared_ptr<const Model>& out,
                    bool allow_wrapping) {
  ModelFile file;
  INLOOP_RETURN_IF_ERROR(read_model(data, size, file));
  return make(std::move(file), allow_wrapping, out);
}

Status Model::create(Graph graph, std::shared_ptr<const Model>& out, bool allow_wrapping) {
  INLOOP_RETURN_IF_ERROR(check_graph(graph));
  ModelFile file;
  file.graph = std::move(graph);
  const std::vector<uint8_t> canonical = canonical_form(file.graph);
  file.sha256 = nn::sha256(canonical.data(), canonical.size());
  return make(std::move(file), allow_wrapping, out);
}

Status Model::make(ModelFile file, bool allow_wrapping, std::shared_ptr<const Model>& out) {
  auto model = std::make_shared<Model>();
  if (file.graph.type == ElementType::int16)
    INLOOP_RETURN_IF_ERROR(compute_bounds(file.graph, !allow_wrapping, model->bounds_));
  for (const GraphInput& input : file.graph.inputs)
    model->inputs_.push_back({input.name, input.channels, input.quantizer});
  for (const GraphOutput& output : file.graph.outputs)
    model->outputs_.push_back(
        {output.name, file.graph.channels(output.value), file.graph.quantizer(output.value)});
  model->graph_ = std::move(file.graph);
  model->metadata_ = std::move(file.metadata);
  model->sha256_ = file.sha256;
  out = std::move(model);
  return {};
}

Status Model::check_size(int height, int width) const {
  int needed_width = 0, needed_height = 0;  // 0 allows any size
  if (parse_size("inloop.size", needed_width, needed_height) &&
      ((needed_width && needed_width != width) || (needed_height && needed_height != height)))
    return Status::config("the network is made for inputs of " + metadata_.at("inloop.size") + ", not of " +
                          std::to_string(width) + "x" + std::to_string(height) +
                          ": export it with free height and width");
  if (parse_size("inloop.multiple", needed_width, needed_height) &&
      ((needed_width && width % needed_width) || (needed_height && height % needed_height)))
    return Status::config("the network is made for inputs whose width and height are multiples of " +
                          metadata_.at("inloop.multiple") + ", not for " + std::to_string(width) + "x" +
                          std::to_string(height));
  return {};
}

// Parses WIDTHxHEIGHT in the metadata, with 0 for what is no number. Returns false where there is no such
// entry.
bool Model::parse_size(const char* key, int& width, int& height) const {
  const auto entry = metadata_.find(key);
  if (entry == metadata_.end()) return false;
  const std::string& text = entry->second;
  const size_t cross = std::min(text.find('x'), text.size());
  width = height = 0;
  std::from_chars(text.data(), text.data() + cross, width);
  if (cross < text.size()) std::from_chars(text.data() + cross + 1, text.data() + text.size(), height);
  return true;
}

int64_t Model::macs(int height, int width) const {
  const std::lock_guard lock(macs_mutex_);
  const auto [entry, is_new] = macs_.try_emplace({height, width});
  if (is_new) entry->second = count_macs(height, width);
  return entry->second;
}

int64_t Model::count_macs(int height, int width) const {
  std::vector<Shape> shapes;
  if (!infer_shapes(graph_, height, width, shapes).ok()) return 0;
  int64_t sum = 0;
  for (size_t i = 0; i < graph_.layers.size(); ++i) {
    const Layer& layer = graph_.layers[i];
    if (layer.op != Op::conv) continue;
    const Shape& shape = shapes[static_cast<size_t>(graph_.value_of_layer(i))];
    const auto weights = static_cast<int64_t>(layer.constant.size() + layer.constant_f32.size());
    sum += weights * shape.height * shape.width;
  }
  return sum;
}

int64_t Model::parameters() const {
  size_t sum = 0;
  for (const Layer& layer : graph_.layers)
    if (layer.op != Op::clip) sum += layer.constant.size() + layer.constant_f32.size();
  return static_cast<int64_t>(sum);
}

}  // namespace inloop::nn
