// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/workspace.h"

#include <type_traits>
#include <utility>
#include <variant>

#include "nn/cpu/plan/plan.h"
#include "nn/cpu/run/executor.h"

namespace inloop::nn {
namespace {

std::vector<Workspace::StepTime> describe(const Plan& plan, const std::vector<double>& step_seconds) {
  static constexpr const char* kKinds[] = {"input", "conv", "depthwise", "other", "output"};
  const Graph& graph = plan.graph();
  std::vector<Workspace::StepTime> times;
  for (size_t i = 0; i < plan.steps.size(); ++i) {
    const Step& step = plan.steps[i];
    if (step.part >= 0 && plan.topology->parts[static_cast<size_t>(step.part)].channel_begin > 0) {
      times.back().macs += step.macs;  // further groups of the previous convolution
      times.back().seconds += step_seconds[i];
      continue;
    }
    const auto external = static_cast<size_t>(step.external);
    const std::string& name = step.kind == StepKind::import   ? graph.inputs[external].name
                              : step.kind == StepKind::output ? graph.outputs[external].name
                                                              : plan.layer(step).name;
    times.push_back({name, kKinds[static_cast<int>(step.kind)], step.macs, step_seconds[i]});
  }
  return times;
}

}  // namespace

struct Workspace::Executors {
  // By the element type of the graph.
  std::variant<std::monostate, Executor<int16_t>, Executor<float>> executor;

  // Calls visit(executor) if T is the element type of the graph.
  template <class T, class Visit>
  Status with_type(const Visit& visit) {
    Executor<T>* of_type = std::get_if<Executor<T>>(&executor);
    if (!of_type)
      return Status::config(std::is_same_v<T, float> ? "the network's tensors are int16"
                                                     : "the network's tensors are float32");
    visit(*of_type);
    return {};
  }

  template <class T>
  Status profile(const Plan& plan, const T* const* inputs, T* const* outputs, std::vector<StepTime>& times) {
    return with_type<T>([&](Executor<T>& of_type) {
      std::vector<double> seconds(plan.steps.size());
      of_type.profile(inputs, outputs, seconds.data());
      times = describe(plan, seconds);
    });
  }
};

Workspace::Workspace(std::shared_ptr<const Program> program)
    : program_(std::move(program)), executors_(std::make_unique<Executors>()) {
  const Plan& plan = *program_->plan();
  const Weights& weights = *program_->weights();
  if (program_->model().is_float())
    executors_->executor.emplace<Executor<float>>(plan, weights);
  else
    executors_->executor.emplace<Executor<int16_t>>(plan, weights);
}
Workspace::~Workspace() = default;

Status Workspace::run(const int16_t* const* inputs, int16_t* const* outputs) {
  return executors_->with_type<int16_t>([&](auto& executor) { executor.run(inputs, outputs); });
}

Status Workspace::run(const float* const* inputs, float* const* outputs) {
  return executors_->with_type<float>([&](auto& executor) { executor.run(inputs, outputs); });
}

Status Workspace::profile(const int16_t* const* inputs, int16_t* const* outputs,
                          std::vector<StepTime>& times) {
  return executors_->profile(*program_->plan(), inputs, outputs, times);
}

Status Workspace::profile(const float* const* inputs, float* const* outputs, std::vector<StepTime>& times) {
  return executors_->profile(*program_->plan(), inputs, outputs, times);
}

}  // namespace inloop::nn
