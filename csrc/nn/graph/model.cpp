// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/graph/model.h"

#include <utility>

#include "nn/graph/reader.h"

namespace inloop::nn {

Status Model::parse(const uint8_t* data, size_t size, std::shared_ptr<const Model>& out,
                    bool allow_wrapping) {
  ModelFile file;
  INLOOP_RETURN_IF_ERROR(read_model(data, size, file));
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

int64_t Model::macs(int height, int width) const {
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
