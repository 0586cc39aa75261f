// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/session.h"

#include "nn/reference.h"

namespace inloop::nn {

struct Session::State {
  std::vector<Shape> shapes;
};

Session::Session(std::shared_ptr<const Model> model, int height, int width, IsaLevel isa)
    : model_(std::move(model)),
      height_(height),
      width_(width),
      isa_(isa),
      state_(std::make_unique<State>()) {}
Session::~Session() = default;

Status Session::create(std::shared_ptr<const Model> model, int input_height, int input_width, IsaLevel isa,
                       std::unique_ptr<Session>& out) {
  if (model->is_float()) return Status::unsupported("networks without quantizers (float) cannot run yet");
  std::unique_ptr<Session> session(new Session(std::move(model), input_height, input_width, isa));
  INLOOP_RETURN_IF_ERROR(
      infer_shapes(session->model_->graph(), input_height, input_width, session->state_->shapes));
  out = std::move(session);
  return {};
}

Status Session::run(const int16_t* const* inputs, int16_t* const* outputs) {
  return run_reference(*model_, height_, width_, inputs, outputs);
}

int Session::output_height(size_t output) const {
  return state_->shapes[static_cast<size_t>(model_->graph().outputs[output].value)].height;
}
int Session::output_width(size_t output) const {
  return state_->shapes[static_cast<size_t>(model_->graph().outputs[output].value)].width;
}
size_t Session::arena_bytes() const { return 0; }

}  // namespace inloop::nn
