// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/session.h"

#include <optional>

#include "nn/executor.h"
#include "nn/plan.h"

namespace inloop::nn {

struct Session::State {
  Plan plan;
  std::optional<Executor> executor;
};

Session::Session(std::shared_ptr<const Model> model, int height, int width, IsaLevel isa)
    : model_(std::move(model)),
      height_(height),
      width_(width),
      isa_(isa),
      state_(std::make_unique<State>()) {}
Session::~Session() = default;

Status Session::create(std::shared_ptr<const Model> model, int input_height, int input_width, IsaLevel isa,
                       std::unique_ptr<Session>& out, const PlanOptions& options) {
  if (model->is_float()) return Status::unsupported("networks without quantizers (float) cannot run yet");
  std::unique_ptr<Session> session(new Session(std::move(model), input_height, input_width, isa));
  State& state = *session->state_;
  INLOOP_RETURN_IF_ERROR(make_plan(*session->model_, input_height, input_width, isa, options, state.plan));
  state.executor.emplace(state.plan);
  out = std::move(session);
  return {};
}

Status Session::create(std::shared_ptr<const Model> model, int input_height, int input_width, IsaLevel isa,
                       std::unique_ptr<Session>& out) {
  return create(std::move(model), input_height, input_width, isa, out, PlanOptions{});
}

Status Session::run(const int16_t* const* inputs, int16_t* const* outputs) {
  state_->executor->run(inputs, outputs);
  return {};
}

std::vector<Session::StepTime> Session::profile(const int16_t* const* inputs, int16_t* const* outputs) {
  static constexpr const char* kKinds[] = {"input", "conv", "depthwise", "other", "output"};
  const Plan& plan = state_->plan;
  std::vector<double> seconds(plan.steps.size());
  state_->executor->profile(inputs, outputs, seconds.data());
  std::vector<StepTime> times;
  for (size_t i = 0; i < plan.steps.size(); ++i) {
    const Step& step = plan.steps[i];
    const auto external = static_cast<size_t>(step.external);
    const std::string& name = step.kind == StepKind::import ? plan.graph.inputs[external].name
                              : step.kind == StepKind::output
                                  ? plan.graph.outputs[external].name
                                  : plan.graph.layers[static_cast<size_t>(step.layer)].name;
    times.push_back({name, kKinds[static_cast<int>(step.kind)], step.macs, seconds[i]});
  }
  return times;
}

int Session::output_height(size_t output) const {
  return state_->plan.shapes[static_cast<size_t>(state_->plan.graph.outputs[output].value)].height;
}
int Session::output_width(size_t output) const {
  return state_->plan.shapes[static_cast<size_t>(state_->plan.graph.outputs[output].value)].width;
}

size_t Session::arena_bytes() const { return state_->plan.arena.size() * sizeof(int16_t); }

}  // namespace inloop::nn
