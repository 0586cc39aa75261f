// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/recycler.h"
#include "base/shared_loop.h"
#include "base/status.h"
#include "base/thread_pool.h"
#include "nn/program_cache.h"
#include "nnlf/apply/blend.h"
#include "nnlf/apply/block_function.h"
#include "nnlf/apply/filter_model.h"
#include "nnlf/contract/coded_picture.h"
#include "nnlf/contract/features.h"
#include "nnlf/contract/geometry.h"
#include "nnlf/kernels/table.h"

namespace inloop::nnlf {

// How the blocks of a picture are filtered.
struct BlockPlan {
  BlockGrid grid;
  std::vector<uint8_t> choice;   // per block in raster order: 0 is off, else 1 + the index of its base QP
  std::array<int, 2> qp_base{};  // the base QPs that the network gets
  std::array<int, 3> scale{};    // for Y, Cb, Cr, with 8 fractional bits; 0 leaves a component as it is
};

// The networks of a filter model, which keep its contract (their inputs are among the six features, they have 24
// output channels at 1/4 or 6 at 1/2 resolution, with or without the context). They run over pictures block by
// block. All is thread-safe, and the results are the same for any number of threads.
class FilterNetwork {
 public:
  // Threads of `pool` (which may be null) work on the blocks of a picture beside the caller; the pool must
  // outlive the network. Returns StatusCode::model if a network is no integer filter network.
  static Status create(const FilterModel& model, const nn::Device& device, ThreadPool* pool,
                       std::unique_ptr<FilterNetwork>& out);

  // Has a function in place of a network of the engine.
  static std::unique_ptr<FilterNetwork> of_function(BlockFunction function, const nn::Device& device,
                                                    ThreadPool* pool);

  // Runs the network on the blocks of `grid` whose entry in `wanted` (in raster order) is not zero, and
  // writes their 14-bit signal. Other blocks get the deblocked picture at 14 bit. `made`, where there is one, is
  // called with the index of each block when its signal is there, in the thread that made it.
  Status run(const CodedPicture& picture, int qp_base, const BlockGrid& grid,
             const std::vector<uint8_t>& wanted, const MutablePlanes& signal,
             const std::function<void(int)>& made = {}) const;

  // Writes those blocks of a range that the plan switches on and leaves the others alone. `out` may be the
  // deblocked picture itself.
  Status filter(const CodedPicture& picture, const BlockPlan& plan, const BlockRange& range,
                const MutablePlanes& out) const;

  const KernelTable& kernel_table() const { return kernels_; }
  ThreadPool* pool() const { return pool_; }

  // Writes the 14-bit signal of a block; `signal` are planes of its size.
  using SignalWork = std::function<Status(const Block& block, int qp_base, const MutablePlanes& signal)>;

  // Returns what one thread calls for the signals of blocks, none of which is larger than `largest`. It refers to
  // `picture` and must end before it does.
  SignalWork signal_work(const CodedPicture& picture, const Block& largest) const;

  // Returns what one thread calls to filter blocks, each by its index in raster order. It leaves blocks alone
  // that the plan has switched off. It refers to its arguments, whose planes may be those of a picture that
  // is being decoded, and must end before they do.
  IndexWork block_filter(const CodedPicture& picture, const BlockPlan& plan, const MutablePlanes& out) const;

  ~FilterNetwork();

 private:
  struct Memory;
  struct Network {
    std::shared_ptr<nn::ProgramCache> programs;  // null where a function takes the network's place
    std::vector<Feature> features;  // those of the model's inputs, in their order; all of them for a function
    OutputForm form = OutputForm::quarter;
    std::unique_ptr<Recycler<Memory>> memory;  // memory of workers
  };

  FilterNetwork(Network intra, Network inter, const nn::Device& device, ThreadPool* pool);
  class Worker;

  static Status check(const std::shared_ptr<nn::ProgramCache>& programs, Network& out);
  const Network& network_for(const CodedPicture& picture) const { return picture.intra ? intra_ : inter_; }

  const Network intra_, inter_;
  const nn::Device device_;
  const KernelTable& kernels_;
  BlockFunction function_;  // empty where the networks run
  ThreadPool* const pool_;
};

}  // namespace inloop::nnlf
