// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "nn/graph/graph.h"

namespace inloop::nn {

// Which channels of which values are one number for all pixels wherever some of the inputs are: those that
// unpadded 1x1 convolutions and operations on single numbers make of these inputs alone.
class ConstantPlanes {
 public:
  explicit ConstantPlanes(const Graph& graph);

  // For a 1x1 convolution: per channel of its input, from the last one backwards as far as there are such
  // channels, the inputs (1 << number) that the channel comes from. Empty where that says nothing useful.
  // int16 only: in float the order of a sum matters.
  std::vector<uint64_t> trailing(const Layer& conv) const;
  // The inputs that a value comes from where it is such a plane, else kNever.
  uint64_t sources(int value) const;

  static constexpr uint64_t kNever = uint64_t{1} << 63;  // differs from pixel to pixel, whatever the inputs

 private:
  using Sources = std::vector<uint64_t>;  // per channel

  Sources sources_of(const Layer& layer) const;
  Sources of_convolution(const Layer& conv) const;

  const Graph& graph_;
  std::vector<Sources> values_;
};

// Orders the operands of concatenations that only a 1x1 convolution reads, and its weights: such planes last,
// those of single numbers behind the others, the first input's at the very end. False where nothing moved.
bool move_planes_last(Graph& graph);

}  // namespace inloop::nn
