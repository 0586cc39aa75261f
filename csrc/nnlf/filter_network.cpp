// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nnlf/filter_network.h"

#include <algorithm>
#include <utility>

namespace inloop::nnlf {
namespace {

Status check_contract(const nn::Model& model, std::vector<Feature>& features) {
  if (model.is_float())
    return Status::model("a float network cannot be used as a filter: it has no quantizers");
  for (const nn::TensorInfo& input : model.inputs()) {
    const auto feature = feature_of(input.name);
    if (!feature) return Status::model("a filter network has no input '" + input.name + "'");
    if (input.channels != feature_channels(*feature)) {
      return Status::model("input '" + input.name + "' of the filter network has " +
                           std::to_string(input.channels) + " channels instead of " +
                           std::to_string(feature_channels(*feature)));
    }
    if (input.quantizer < kMinInputQuantizer || input.quantizer > kMaxInputQuantizer) {
      return Status::model("the quantizer of input '" + input.name + "' lies outside 10..14");
    }
    features.push_back(*feature);
  }
  if (std::find(features.begin(), features.end(), Feature::rec) == features.end()) {
    return Status::model("a filter network needs the input 'rec'");
  }
  if (model.outputs().size() != 1 || model.outputs()[0].channels != kOutputChannels) {
    return Status::model("a filter network has one output of 24 channels");
  }
  if (const int q = model.outputs()[0].quantizer; q < 4 || q > 24) {
    return Status::model("the quantizer of the filter network's output lies outside 4..24");
  }
  return {};
}

}  // namespace

FilterNetwork::FilterNetwork(std::shared_ptr<const nn::Model> model, IsaLevel isa)
    : pool_(std::move(model)), isa_(isa) {}

Status FilterNetwork::create(std::shared_ptr<const nn::Model> model, IsaLevel isa,
                             std::unique_ptr<FilterNetwork>& out) {
  std::vector<Feature> features;
  INLOOP_RETURN_IF_ERROR(check_contract(*model, features));
  std::unique_ptr<FilterNetwork> network(new FilterNetwork(std::move(model), isa));
  network->features_ = std::move(features);
  out = std::move(network);
  return {};
}

FilterNetwork::Buffers FilterNetwork::make_buffers(const Block& largest) const {
  Buffers buffers;
  const int positions = largest.input_width() * largest.input_height();
  for (Feature feature : features_) {
    buffers.inputs.emplace_back(static_cast<size_t>(positions * feature_channels(feature)));
  }
  buffers.output = AlignedBuffer<int16_t>(static_cast<size_t>(positions / 4 * kOutputChannels));
  return buffers;
}

Status FilterNetwork::run(const CodedPicture& picture, int qp_base, const BlockGrid& grid,
                          const std::vector<uint8_t>& wanted, const MutablePlanes& signal) const {
  if (picture.width() % kSizeStep || picture.height() % kSizeStep) {
    return Status::unsupported("the filter needs coded sizes that are multiples of 8");
  }
  Buffers buffers = make_buffers(grid.at(0));
  for (int i = 0; i < grid.count(); ++i) {
    if (wanted[static_cast<size_t>(i)]) {
      INLOOP_RETURN_IF_ERROR(run_block(picture, qp_base, grid.at(i), buffers, signal));
    }
  }
  return {};
}

Status FilterNetwork::run_block(const CodedPicture& picture, int qp_base, const Block& block,
                                Buffers& buffers, const MutablePlanes& signal) const {
  std::unique_ptr<nn::Session> session;
  INLOOP_RETURN_IF_ERROR(pool_.acquire(block.input_height(), block.input_width(), isa_, session));
  const int rows = session->output_height(0);
  const int columns = session->output_width(0);
  const int margin = (rows - block.height / 4) / 2;
  if ((margin != 0 && margin != kContext / 4) || rows != block.height / 4 + 2 * margin ||
      columns != block.width / 4 + 2 * margin) {
    return Status::model("the filter network's output is not at 1/4 resolution");
  }
  const int16_t* inputs[6];
  for (size_t i = 0; i < features_.size(); ++i) {
    pack_feature(features_[i], picture, block, qp_base, model().inputs()[i].quantizer,
                 buffers.inputs[i].data());
    inputs[i] = buffers.inputs[i].data();
  }
  int16_t* outputs[] = {buffers.output.data()};
  INLOOP_RETURN_IF_ERROR(session->run(inputs, outputs));
  pool_.release(std::move(session));
  add_residual({buffers.output.data(), columns, margin, model().outputs()[0].quantizer}, picture.rec,
               picture.bit_depth, block, signal);
  return {};
}

}  // namespace inloop::nnlf
