// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/plan.h"

#include <algorithm>

#include "nn/passes/merge_heads.h"
#include "nn/passes/strip_channels.h"

namespace inloop::nn {

Status make_plan(const Model& model, int height, int width, IsaLevel isa, const PlanOptions& options,
                 Plan& plan) {
  plan.graph = model.graph();
  plan.isa = isa;
  plan.uniform_inputs = options.uniform_inputs;
  if (options.strip_channels) strip_channels(plan.graph, model.bounds());
  if (options.merge_heads) merge_heads(plan.graph);
  Bounds bounds;
  if (!model.is_float()) INLOOP_RETURN_IF_ERROR(compute_bounds(plan.graph, false, bounds));
  INLOOP_RETURN_IF_ERROR(infer_shapes(plan.graph, height, width, plan.shapes));
  INLOOP_RETURN_IF_ERROR(lay_out(plan, bounds, options));
  for (const Layer& layer : plan.graph.layers)
    plan.max_taps =
        std::max(plan.max_taps, static_cast<size_t>(layer.window.kernel_height * layer.window.kernel_width));
  schedule_rows(plan);
  return cut_stripes(plan, options);
}

}  // namespace inloop::nn
