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

// What one step of a plan makes of a convolution: all of it, or some of the groups of a grouped one.
struct ConvolutionPart {
  int group = 0;  // of Topology::groups
  bool depthwise = false;
  int channel_begin = 0, channels = 0;  // of the layer's result
  int in_begin = 0, in_channels = 0;    // of its input
  // What ConstantPlanes::trailing() found for the input's last channels, last first.
  std::vector<uint64_t> planes = {};
};

// A network after the passes: what is the same for every input size and on every device.
struct Topology {
  Graph graph;
  std::vector<FusedLayer> groups;      // in the order in which they run
  std::vector<ConvolutionPart> parts;  // in the order of their groups
};

// The passes' result while weights are being packed.
struct Lowered {
  Topology topology;
  Bounds bounds;  // of its graph; empty for float32
};

// Runs the passes over a model's graph.
Status lower(const Model& model, const PlanOptions& options, Lowered& out);

// True for a depthwise convolution: every channel of the result reads one of the input's.
bool is_depthwise(const Graph& graph, const Layer& conv);

// True where two topologies differ in their constants at most, so that a plan of one serves the other.
bool same_structure(const Topology& a, const Topology& b);

}  // namespace inloop::nn
