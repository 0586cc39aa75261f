// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/aligned_buffer.h"
#include "nn/cpu/kernels/table.h"
#include "nn/passes/topology.h"

namespace inloop::nn {

// The weights of a convolution in the layout of the kernels of an isa, and the constants of its epilogue,
// padded to whole blocks. Nothing here depends on the size of the input; a plan says how the kernel steps
// through the weights.
struct PackedConv {
  AlignedBuffer<int16_t> weights, bias, slope_low, slope_units;
  AlignedBuffer<int32_t> start;
  Epilogue epilogue;
  AlignedBuffer<float> weights_f32, bias_f32, slope_f32;
  EpilogueF32 epilogue_f32;
  int channels = 0;  // rounded up to whole groups
  // For Winograd's kernel: its weights, initial sums and epilogue, and the largest value for which they are
  // exact; 0 where it cannot run.
  AlignedBuffer<int16_t> winograd_weights;
  AlignedBuffer<int32_t> winograd_start;
  Epilogue winograd_epilogue;
  int winograd_limit = 0;

  size_t bytes() const;
};

// The numbers of a model as one table of kernels needs them. They do not change: programs of all sizes and
// workspaces of all threads share them.
struct Weights {
  // Its graph has no weights of convolutions but all other constants.
  std::shared_ptr<const Topology> topology;
  const KernelTable* kernels = nullptr;  // chosen once, because switches may change at any time
  std::vector<PackedConv> convolutions;  // in the order of Topology::parts

  size_t bytes() const;
};

// Runs the passes over a model and packs the weights that remain.
Status pack_weights(const Model& model, const KernelTable& kernels, const PlanOptions& options,
                    std::shared_ptr<const Weights>& out);

// These are the parts of pack_weights() for one convolution.
Status pack_convolution(const Lowered& network, const ConvolutionPart& part, const KernelTable& kernels,
                        bool fold_bias, PackedConv& packed);  // defined in pack.cpp
void pack_winograd(const Lowered& network, const ConvolutionPart& part, const KernelTable& kernels,
                   PackedConv& packed);  // defined in pack_winograd.cpp, comes after pack_convolution()
Status pack_convolution_f32(const Lowered& network, const ConvolutionPart& part, const KernelTable& kernels,
                            PackedConv& packed);  // defined in pack_f32.cpp

}  // namespace inloop::nn
