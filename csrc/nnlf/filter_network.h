// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <vector>

#include "base/aligned_buffer.h"
#include "base/isa.h"
#include "base/status.h"
#include "nn/session.h"
#include "nnlf/blend.h"
#include "nnlf/coded_picture.h"
#include "nnlf/features.h"
#include "nnlf/geometry.h"

namespace inloop::nnlf {

// A network that keeps the contract of a filter model (inputs among the six features, 24 output channels at
// 1/4 resolution with or without the context), run over pictures block by block. Not thread-safe.
class FilterNetwork {
 public:
  // StatusCode::model if the network is no integer filter network.
  static Status create(std::shared_ptr<const nn::Model> model, IsaLevel isa,
                       std::unique_ptr<FilterNetwork>& out);

  // Runs the network on the blocks whose entry in `wanted` (raster order) is not zero and writes their 14-bit
  // signal; the rest of `signal`, planes of the coded size, is left alone.
  Status run(const CodedPicture& picture, int qp_base, const std::vector<uint8_t>& wanted,
             const MutablePlanes& signal);

  const nn::Model& model() const { return *pool_.model(); }

 private:
  FilterNetwork(std::shared_ptr<const nn::Model> model, IsaLevel isa);
  Status run_block(const CodedPicture& picture, int qp_base, const Block& block, const MutablePlanes& signal);

  nn::SessionPool pool_;
  IsaLevel isa_;
  std::vector<Feature> features_;  // of the model's inputs, in its order
  std::vector<AlignedBuffer<int16_t>> inputs_;
  AlignedBuffer<int16_t> output_;
};

}  // namespace inloop::nnlf
