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
// 1/4 resolution with or without the context), run over pictures block by block, several at a time if
// need be.
class FilterNetwork {
 public:
  // StatusCode::model if the network is no integer filter network.
  static Status create(std::shared_ptr<const nn::Model> model, IsaLevel isa,
                       std::unique_ptr<FilterNetwork>& out);

  // Runs the network on the blocks of `grid` whose entry in `wanted` (raster order) is not zero and writes
  // their 14-bit signal; the rest of `signal`, planes of the coded size, is left alone.
  Status run(const CodedPicture& picture, int qp_base, const BlockGrid& grid,
             const std::vector<uint8_t>& wanted, const MutablePlanes& signal) const;

  const nn::Model& model() const { return *pool_.model(); }

 private:
  FilterNetwork(std::shared_ptr<const nn::Model> model, IsaLevel isa);
  struct Buffers {  // of one run
    std::vector<AlignedBuffer<int16_t>> inputs;
    AlignedBuffer<int16_t> output;
  };
  Buffers make_buffers(const Block& largest) const;
  Status run_block(const CodedPicture& picture, int qp_base, const Block& block, Buffers& buffers,
                   const MutablePlanes& signal) const;

  mutable nn::SessionPool pool_;  // thread-safe
  IsaLevel isa_;
  std::vector<Feature> features_;  // of the model's inputs, in its order
};

}  // namespace inloop::nnlf
