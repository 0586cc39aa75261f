// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/recycler.h"
#include "base/shared_loop.h"
#include "base/status.h"
#include "base/thread_pool.h"
#include "nn/program_cache.h"
#include "nnlf/apply/blend.h"
#include "nnlf/contract/coded_picture.h"
#include "nnlf/contract/features.h"
#include "nnlf/contract/geometry.h"
#include "nnlf/kernels/table.h"

namespace inloop::nnlf {

// How the blocks of a picture are filtered.
struct BlockPlan {
  BlockGrid grid;
  std::vector<uint8_t> choice;   // a block in raster order: 0 off, else 1 + the index of its base QP
  std::array<int, 2> qp_base{};  // what the network gets as such
  std::array<int, 3> scale{};    // Y, Cb, Cr with 8 fractional bits; 0 leaves a component as it is
};

// A network that keeps the contract of a filter model (inputs among the six features, 24 output channels at
// 1/4 or 6 at 1/2 resolution, with or without the context), run over pictures block by block. Thread-safe;
// all results are the same for any number of threads.
class FilterNetwork {
 public:
  // pool: whose threads work on the blocks of a picture beside the caller, null: none; it must outlive the
  // network. StatusCode::model if the network is no integer filter network.
  static Status create(std::shared_ptr<nn::ProgramCache> programs, const nn::Device& device, ThreadPool* pool,
                       std::unique_ptr<FilterNetwork>& out);

  // Runs the network on the blocks of `grid` whose entry in `wanted` (raster order) is not zero and writes
  // their 14-bit signal; other blocks get the deblocked picture at 14 bit.
  Status run(const CodedPicture& picture, int qp_base, const BlockGrid& grid,
             const std::vector<uint8_t>& wanted, const MutablePlanes& signal) const;

  // Writes the filtered blocks of a range, those that the plan has switched on; `out` may be the deblocked
  // picture itself. Other blocks are left alone.
  Status filter(const CodedPicture& picture, const BlockPlan& plan, const BlockRange& range,
                const MutablePlanes& out) const;

  const nn::Model& model() const { return *programs_->model(); }
  const KernelTable& kernel_table() const { return kernels_; }

  // What one thread calls to filter blocks, each by its index in raster order; blocks that the plan has switched off
  // are left alone. It refers to its arguments, whose planes may be those of a picture in the making, and must end
  // before they do.
  IndexWork block_filter(const CodedPicture& picture, const BlockPlan& plan, const MutablePlanes& out) const;

  ~FilterNetwork();

 private:
  FilterNetwork(std::shared_ptr<nn::ProgramCache> programs, const nn::Device& device, ThreadPool* pool);
  struct Memory;
  class Worker;

  const std::shared_ptr<nn::ProgramCache> programs_;
  const nn::Device device_;
  const KernelTable& kernels_;
  std::vector<Feature> features_;  // of the model's inputs, in its order
  OutputForm form_ = OutputForm::quarter;
  ThreadPool* const pool_;
  const std::unique_ptr<Recycler<Memory>> memory_;  // of workers
};

}  // namespace inloop::nnlf
