// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "nn/graph/bounds.h"
#include "nn/graph/graph.h"
#include "nn/graph/model.h"
#include "nn/passes/fuse.h"
#include "nn/passes/options.h"

namespace inloop::nn {

// The taps of a kernel that are not zeros by its dilation: rows and columns of them, which are `step_y` rows
// and `step_x` columns apart.
struct Taps {
  int rows = 1, columns = 1;
  int step_y = 1, step_x = 1;
  int count() const { return rows * columns; }
  // Returns the number of a tap in the whole kernel.
  int in_kernel(int tap, int kernel_width) const {
    return tap / columns * step_y * kernel_width + tap % columns * step_x;
  }
  bool operator==(const Taps&) const = default;
};

// What one step of a plan computes of a convolution: all of it, or some groups of a grouped one.
struct ConvolutionPart {
  int group = 0;  // index in Topology::groups
  bool depthwise = false;
  int channel_begin = 0, channels = 0;  // channels of the layer's result
  int in_begin = 0, in_channels = 0;    // channels of its input
  Taps taps = {};
  // What ConstantPlanes::trailing() found for the last channels of the input, the last one first.
  std::vector<uint64_t> planes = {};
  bool winograd = false;  // whether its form is one for Winograd's kernels
};

// A network after the passes, as far as it is the same for every input size and on every device.
struct Topology {
  Graph graph;
  std::vector<FusedLayer> groups;      // in the order in which they run
  std::vector<ConvolutionPart> parts;  // in the order of their groups
};

// The result of the passes, as the packing of weights needs it.
struct Lowered {
  Topology topology;
  Bounds bounds;  // of its graph, empty for float32
};

// Runs the passes over the graph of a model.
Status lower(const Model& model, const PlanOptions& options, Lowered& out);

// Returns whether a convolution is depthwise: every channel of the result reads one channel of the input.
bool is_depthwise(const Graph& graph, const Layer& conv);

// Returns whether two topologies differ at most in their constants, so that a plan of one serves the other.
bool same_structure(const Topology& a, const Topology& b);

}  // namespace inloop::nn
