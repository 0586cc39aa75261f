// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/cpu/weights/weights.h"

#include <utility>

namespace inloop::nn {
namespace {

template <class T>
size_t bytes_of(const AlignedBuffer<T>& buffer) {
  return buffer.size() * sizeof(T);
}

// They now exist in the layout of the kernels.
void drop_convolution_weights(Graph& graph) {
  for (Layer& layer : graph.layers) {
    if (layer.op != Op::conv) continue;
    layer.constant = {};
    layer.constant_f32 = {};
  }
}

}  // namespace

size_t PackedConv::bytes() const {
  return bytes_of(weights) + bytes_of(bias) + bytes_of(slope_low) + bytes_of(slope_units) + bytes_of(start) +
         bytes_of(weights_f32) + bytes_of(bias_f32) + bytes_of(slope_f32) + bytes_of(winograd_weights) +
         bytes_of(winograd_start);
}

size_t Weights::bytes() const {
  size_t sum = 0;
  for (const PackedConv& packed : convolutions) sum += packed.bytes();
  return sum;
}

Status pack_weights(const Model& model, const KernelTable& kernels, const PlanOptions& options,
                    std::shared_ptr<const Weights>& out) {
  Lowered network;
  INLOOP_RETURN_IF_ERROR(lower(model, options, network));
  auto weights = std::make_shared<Weights>();
  weights->kernels = &kernels;
  for (const ConvolutionPart& part : network.topology.parts) {
    PackedConv& packed = weights->convolutions.emplace_back();
    INLOOP_RETURN_IF_ERROR(model.is_float()
                               ? pack_convolution_f32(network, part, kernels, packed)
                               : pack_convolution(network, part, kernels, options.fold_bias, packed));
    if (part.winograd && kernels.winograd_rows_i16 && !model.is_float())
      pack_winograd(network, part, kernels, packed);
  }
  drop_convolution_weights(network.topology.graph);
  weights->topology = std::make_shared<const Topology>(std::move(network.topology));
  out = std::move(weights);
  return {};
}

}  // namespace inloop::nn
