// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/cpu/plan/plan.h"

#include "nn/passes/constant_planes.h"
#include "nn/passes/merge_heads.h"
#include "nn/passes/strip_channels.h"

namespace inloop::nn {
namespace {

// The steps have them in the kernels' layout.
void drop_packed_weights(Graph& graph) {
  for (Layer& layer : graph.layers) {
    if (layer.op != Op::conv) continue;
    layer.constant = {};
    layer.constant_f32 = {};
  }
}

}  // namespace

Status make_plan(const Model& model, int height, int width, IsaLevel isa, const PlanOptions& options,
                 Plan& plan) {
  plan.graph = model.graph();
  plan.kernels = &options.kernels(isa);
  plan.uniform_inputs = options.uniform_inputs;
  bool changed = options.strip_channels && strip_channels(plan.graph, model.bounds());
  if (options.fold_planes && options.uniform_inputs) changed |= move_planes_last(plan.graph);
  if (options.merge_heads) changed |= merge_heads(plan.graph);
  Bounds own;
  if (changed) INLOOP_RETURN_IF_ERROR(compute_bounds(plan.graph, false, own));
  INLOOP_RETURN_IF_ERROR(infer_shapes(plan.graph, height, width, plan.shapes));
  INLOOP_RETURN_IF_ERROR(lay_out(plan, changed ? own : model.bounds(), options));
  drop_packed_weights(plan.graph);
  schedule_rows(plan);
  return cut_stripes(plan, options);
}

}  // namespace inloop::nn
