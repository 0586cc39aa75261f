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

int Session::output_height(size_t output) const {
  return state_->plan.shapes[static_cast<size_t>(state_->plan.graph.outputs[output].value)].height;
}
int Session::output_width(size_t output) const {
  return state_->plan.shapes[static_cast<size_t>(state_->plan.graph.outputs[output].value)].width;
}

size_t Session::arena_bytes() const { return state_->plan.arena.size() * sizeof(int16_t); }

}  // namespace inloop::nn
