// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/cpu/plan/plan.h"

#include <utility>

#include "nn/cpu/plan/row_places.h"

namespace inloop::nn {

Status make_plan(std::shared_ptr<const Topology> topology, int height, int width, const PlanOptions& options,
                 Plan& plan) {
  plan.topology = std::move(topology);
  plan.uniform_inputs = options.uniform_inputs;
  INLOOP_RETURN_IF_ERROR(infer_shapes(plan.graph(), height, width, plan.shapes));
  lay_out(plan, options);
  schedule_rows(plan);
  INLOOP_RETURN_IF_ERROR(cut_stripes(plan, options));
  plan.places = row_places(plan);
  for (Buffer& buffer : plan.buffers) buffer.lifetimes = {};  // only share_rows() needs them
  return {};
}

}  // namespace inloop::nn
