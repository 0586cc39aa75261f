// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/program.h"

#include <utility>

#include "nn/cpu/plan/plan.h"
#include "nn/cpu/weights/weights.h"

namespace inloop::nn {

Status Program::compile(std::shared_ptr<const Model> model, int input_height, int input_width,
                        const Device& device, const PlanOptions& options,
                        std::shared_ptr<const Weights> weights, std::shared_ptr<const Program>& out) {
  INLOOP_RETURN_IF_ERROR(model->check_size(input_height, input_width));
  if (!weights) INLOOP_RETURN_IF_ERROR(pack_weights(*model, kernels(device.isa), options, weights));
  auto plan = std::make_shared<Plan>();
  INLOOP_RETURN_IF_ERROR(make_plan(weights->topology, input_height, input_width, options, *plan));
  const std::shared_ptr<Program> program(new Program);
  program->model_ = std::move(model);
  program->device_ = device;
  program->options_ = options;
  program->height_ = input_height;
  program->width_ = input_width;
  program->weights_ = std::move(weights);
  program->plan_ = std::move(plan);
  out = program;
  return {};
}

Status Program::with_weights_of(std::shared_ptr<const Model> model,
                                std::shared_ptr<const Program>& out) const {
  const std::shared_ptr<Program> program(new Program(*this));
  program->model_ = std::move(model);
  INLOOP_RETURN_IF_ERROR(pack_weights(*program->model_, *weights_->kernels, options_, program->weights_));
  if (!same_structure(*plan_->topology, *program->weights_->topology))
    return Status::config("the weights are of a network of another structure");
  out = program;
  return {};
}

int Program::output_height(size_t output) const {
  return plan_->shapes[static_cast<size_t>(plan_->graph().outputs[output].value)].height;
}

int Program::output_width(size_t output) const {
  return plan_->shapes[static_cast<size_t>(plan_->graph().outputs[output].value)].width;
}

size_t Program::arena_bytes() const { return plan_->arena_bytes; }

size_t Program::weight_bytes() const { return weights_->bytes(); }

}  // namespace inloop::nn
