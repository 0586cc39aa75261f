// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "nn/graph/graph.h"

namespace inloop::nn {

// Finds the channels of values that have one number for all pixels whenever some of the inputs do: those that
// unpadded 1x1 convolutions and operations on single numbers compute from these inputs alone.
class ConstantPlanes {
 public:
  explicit ConstantPlanes(const Graph& graph);

  // Returns for a 1x1 convolution, per channel of its input from the last one backwards, the inputs (1 <<
  // number) that the channel comes from, as far as the channels are such planes. It is empty where that gives
  // nothing useful. Only int16 has it, because in float the order of a sum matters.
  std::vector<uint64_t> trailing(const Layer& conv) const;
  // Returns the inputs that a value comes from if it is such a plane, else kNever.
  uint64_t sources(int value) const;

  // Marks what differs from pixel to pixel, whatever the inputs.
  static constexpr uint64_t kNever = uint64_t{1} << 63;

 private:
  using Sources = std::vector<uint64_t>;  // per channel

  Sources sources_of(const Layer& layer) const;
  Sources of_convolution(const Layer& conv) const;

  const Graph& graph_;
  std::vector<Sources> values_;
};

// Reorders the operands of concatenations that only a 1x1 convolution reads, with its weights: such planes
// come last, those of inputs of few channels behind the others, that of the first input at the very end.
// Returns false where nothing moved.
bool move_planes_last(Graph& graph);

}  // namespace inloop::nn
