// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/passes/topology.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "nn/graph/writer.h"
#include "nn/passes/constant_planes.h"
#include "nn/passes/merge_heads.h"
#include "nn/passes/strip_channels.h"

namespace inloop::nn {
namespace {

// A group runs where its last layer stands, so that everything it reads exists.
int last_layer(const FusedLayer& group) {
  return std::max({group.layer, group.bias, group.add, group.activation});
}

// Returns how many groups one step handles: few, but enough for whole vectors of channels.
int groups_together(const Graph& graph, const Layer& conv, const PlanOptions& options) {
  if (!options.split_groups || is_depthwise(graph, conv)) return conv.groups;
  constexpr int kMaxSteps = 16;
  const int fill = 8 / std::gcd(8, conv.channels / conv.groups);
  return ((conv.groups + kMaxSteps - 1) / kMaxSteps + fill - 1) / fill * fill;
}

// Returns whether all weights of a kernel's row or column are zeros.
template <class T>
bool is_zero(const Layer& conv, const std::vector<T>& weights, size_t each, int index, bool row) {
  const Window& w = conv.window;
  const int length = row ? w.kernel_width : w.kernel_height;
  for (int c = 0; c < conv.channels; ++c)
    for (int i = 0; i < length; ++i) {
      const int ky = row ? index : i, kx = row ? i : index;
      const T* tap =
          weights.data() + static_cast<size_t>((c * w.kernel_height + ky) * w.kernel_width + kx) * each;
      if (!std::all_of(tap, tap + each, [](T v) { return v == T{}; })) return false;
    }
  return true;
}

// Returns the largest step at which all rows or columns of a kernel between those that are multiples of it are
// zeros.
template <class T>
int dilation(const Layer& conv, const std::vector<T>& weights, size_t each, bool rows) {
  const int size = rows ? conv.window.kernel_height : conv.window.kernel_width;
  std::vector<bool> zero(static_cast<size_t>(size));
  for (int i = 1; i + 1 < size; ++i) zero[static_cast<size_t>(i)] = is_zero(conv, weights, each, i, rows);
  for (int step = size - 1; step > 1; --step) {
    if ((size - 1) % step) continue;
    bool fits = true;
    for (int i = 0; i < size; ++i) fits &= i % step == 0 || zero[static_cast<size_t>(i)];
    if (fits) return step;
  }
  return 1;
}

Taps taps_of(const Graph& graph, const Layer& conv, const PlanOptions& options) {
  Taps taps;
  if (options.skip_zero_taps) {
    const auto each = static_cast<size_t>(graph.channels(conv.inputs[0]) / conv.groups);
    const auto steps = [&](const auto& weights) {
      taps.step_y = dilation(conv, weights, each, true);
      taps.step_x = dilation(conv, weights, each, false);
    };
    graph.type == ElementType::float32 ? steps(conv.constant_f32) : steps(conv.constant);
  }
  taps.rows = (conv.window.kernel_height - 1) / taps.step_y + 1;
  taps.columns = (conv.window.kernel_width - 1) / taps.step_x + 1;
  return taps;
}

// The kernels take whole vectors of channels of any isa.
bool has_winograd_form(const Layer& conv, const Taps& taps, int in_channels, const PlanOptions& options) {
  const Window& w = conv.window;
  return options.winograd && conv.groups == 1 && w.kernel_height == 3 && w.kernel_width == 3 &&
         taps.count() == 9 && w.stride_y == 1 && w.stride_x == 1 && in_channels % 32 == 0 &&
         conv.channels % 32 == 0;
}

void add_parts(Topology& topology, int group, const ConstantPlanes& planes, const PlanOptions& options) {
  const Graph& graph = topology.graph;
  const Layer& conv = graph.layers[static_cast<size_t>(topology.groups[static_cast<size_t>(group)].layer)];
  if (conv.op != Op::conv) return;
  const int in = graph.channels(conv.inputs[0]) / conv.groups, out = conv.channels / conv.groups;
  const int together = groups_together(graph, conv, options);
  const Taps taps = taps_of(graph, conv, options);
  for (int first = 0; first < conv.groups; first += together) {
    const int count = std::min(together, conv.groups - first);
    ConvolutionPart part{group, is_depthwise(graph, conv), first * out, count * out, first * in, count * in,
                         taps};
    if (options.fold_planes && !part.depthwise) part.planes = planes.trailing(conv);
    part.winograd = part.planes.empty() && has_winograd_form(conv, taps, in, options);
    topology.parts.push_back(std::move(part));
  }
}

bool same_part(const ConvolutionPart& a, const ConvolutionPart& b) {
  return a.group == b.group && a.depthwise == b.depthwise && a.channel_begin == b.channel_begin &&
         a.channels == b.channels && a.in_begin == b.in_begin && a.in_channels == b.in_channels &&
         a.taps == b.taps && a.winograd == b.winograd;
}

bool same_group(const FusedLayer& a, const FusedLayer& b) {
  return a.layer == b.layer && a.bias == b.bias && a.add == b.add && a.activation == b.activation &&
         a.residual == b.residual && a.out_value == b.out_value && a.raw_value == b.raw_value;
}

}  // namespace

Status lower(const Model& model, const PlanOptions& options, Lowered& out) {
  Topology& topology = out.topology;
  topology.graph = model.graph();
  bool changed = options.strip_channels && strip_channels(topology.graph, model.bounds());
  if (options.fold_planes && options.uniform_inputs) changed |= move_planes_last(topology.graph);
  if (options.merge_heads) changed |= merge_heads(topology.graph);
  if (changed)
    INLOOP_RETURN_IF_ERROR(compute_bounds(topology.graph, false, out.bounds));
  else
    out.bounds = model.bounds();
  topology.groups = fuse_epilogues(topology.graph, options.fuse);
  std::sort(topology.groups.begin(), topology.groups.end(),
            [](const FusedLayer& a, const FusedLayer& b) { return last_layer(a) < last_layer(b); });
  const ConstantPlanes planes(topology.graph);
  for (size_t i = 0; i < topology.groups.size(); ++i)
    add_parts(topology, static_cast<int>(i), planes, options);
  return {};
}

bool is_depthwise(const Graph& graph, const Layer& conv) {
  return conv.groups > 1 && conv.groups == conv.channels && conv.groups == graph.channels(conv.inputs[0]);
}

bool same_structure(const Topology& a, const Topology& b) {
  return same_structure(a.graph, b.graph) &&
         std::equal(a.groups.begin(), a.groups.end(), b.groups.begin(), b.groups.end(), same_group) &&
         std::equal(a.parts.begin(), a.parts.end(), b.parts.begin(), b.parts.end(), same_part);
}

}  // namespace inloop::nn
