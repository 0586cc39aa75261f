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

// A convolution's weights in the layout of a level's kernels and its epilogue's constants, padded to whole
// blocks. Nothing here depends on the input's size: a plan says how the kernel steps through them.
struct PackedConv {
  AlignedBuffer<int16_t> weights, bias, slope_low, slope_units;
  AlignedBuffer<int32_t> start;
  Epilogue epilogue;
  AlignedBuffer<float> weights_f32, bias_f32, slope_f32;
  EpilogueF32 epilogue_f32;
  int channels = 0;  // rounded up to whole groups

  size_t bytes() const;
};

// All that a model's numbers become for one table of kernels. Immutable: programs of all sizes and workspaces
// of all threads share it.
struct Weights {
  // Without the convolutions' weights, with all other constants.
  std::shared_ptr<const Topology> topology;
  const KernelTable* kernels = nullptr;  // chosen once: switches may change at any time
  std::vector<PackedConv> convolutions;  // by Topology::parts

  size_t bytes() const;
};

// Runs the passes over a model and packs what they leave.
Status pack_weights(const Model& model, const KernelTable& kernels, const PlanOptions& options,
                    std::shared_ptr<const Weights>& out);

// Parts of pack_weights(): one convolution.
Status pack_convolution(const Lowered& network, const ConvolutionPart& part, const KernelTable& kernels,
                        bool fold_bias, PackedConv& packed);  // pack.cpp
Status pack_convolution_f32(const Lowered& network, const ConvolutionPart& part, const KernelTable& kernels,
                            PackedConv& packed);  // pack_f32.cpp

}  // namespace inloop::nn
