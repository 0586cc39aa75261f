// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/session.h"

#include <variant>

#include "nn/cpu/plan/plan.h"
#include "nn/cpu/run/executor.h"

namespace inloop::nn {

struct Session::State {
  Plan plan;
  std::variant<std::monostate, Executor<int16_t>, Executor<float>> executor;  // by the graph's element type

  // Calls visit(executor) if the tensors' type is the graph's.
  template <class T, class Visit>
  Status with_executor(Visit visit) {
    Executor<T>* executor_of_type = std::get_if<Executor<T>>(&executor);
    if (!executor_of_type)
      return Status::config(plan.graph.type == ElementType::float32 ? "the network's tensors are float32"
                                                                    : "the network's tensors are int16");
    visit(*executor_of_type);
    return {};
  }
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
  INLOOP_RETURN_IF_ERROR(model->check_size(input_height, input_width));
  std::unique_ptr<Session> session(new Session(std::move(model), input_height, input_width, isa));
  State& state = *session->state_;
  INLOOP_RETURN_IF_ERROR(make_plan(*session->model_, input_height, input_width, isa, options, state.plan));
  if (session->model_->is_float())
    state.executor.emplace<Executor<float>>(state.plan);
  else
    state.executor.emplace<Executor<int16_t>>(state.plan);
  out = std::move(session);
  return {};
}

Status Session::create(std::shared_ptr<const Model> model, int input_height, int input_width, IsaLevel isa,
                       std::unique_ptr<Session>& out) {
  return create(std::move(model), input_height, input_width, isa, out, PlanOptions{});
}

Status Session::run(const int16_t* const* inputs, int16_t* const* outputs) {
  return state_->with_executor<int16_t>([&](auto& executor) { executor.run(inputs, outputs); });
}
Status Session::run(const float* const* inputs, float* const* outputs) {
  return state_->with_executor<float>([&](auto& executor) { executor.run(inputs, outputs); });
}

Status Session::profile(const int16_t* const* inputs, int16_t* const* outputs, std::vector<StepTime>& times) {
  return state_->with_executor<int16_t>([&](auto& executor) {
    std::vector<double> seconds(state_->plan.steps.size());
    executor.profile(inputs, outputs, seconds.data());
    times = describe(seconds);
  });
}
Status Session::profile(const float* const* inputs, float* const* outputs, std::vector<StepTime>& times) {
  return state_->with_executor<float>([&](auto& executor) {
    std::vector<double> seconds(state_->plan.steps.size());
    executor.profile(inputs, outputs, seconds.data());
    times = describe(seconds);
  });
}

std::vector<Session::StepTime> Session::describe(const std::vector<double>& step_seconds) const {
  static constexpr const char* kKinds[] = {"input", "conv", "depthwise", "other", "output"};
  const Plan& plan = state_->plan;
  std::vector<StepTime> times;
  for (size_t i = 0; i < plan.steps.size(); ++i) {
    const Step& step = plan.steps[i];
    if (step.channel_begin > 0) {  // more groups of the convolution before
      times.back().macs += step.macs;
      times.back().seconds += step_seconds[i];
      continue;
    }
    const auto external = static_cast<size_t>(step.external);
    const std::string& name = step.kind == StepKind::import ? plan.graph.inputs[external].name
                              : step.kind == StepKind::output
                                  ? plan.graph.outputs[external].name
                                  : plan.graph.layers[static_cast<size_t>(step.layer)].name;
    times.push_back({name, kKinds[static_cast<int>(step.kind)], step.macs, step_seconds[i]});
  }
  return times;
}

int Session::output_height(size_t output) const {
  return state_->plan.shapes[static_cast<size_t>(state_->plan.graph.outputs[output].value)].height;
}
int Session::output_width(size_t output) const {
  return state_->plan.shapes[static_cast<size_t>(state_->plan.graph.outputs[output].value)].width;
}

size_t Session::arena_bytes() const { return state_->plan.arena.size(); }

}  // namespace inloop::nn
