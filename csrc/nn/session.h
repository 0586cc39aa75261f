// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

#include "base/isa.h"
#include "base/status.h"
#include "nn/graph/model.h"

namespace inloop::nn {

struct PlanOptions;

// A model planned for one input size: plan and arena. Not thread-safe; many per model allowed. run() does not
// allocate.
class Session {
 public:
  static Status create(std::shared_ptr<const Model> model, int input_height, int input_width, IsaLevel isa,
                       std::unique_ptr<Session>& out);
  static Status create(std::shared_ptr<const Model> model, int input_height, int input_width, IsaLevel isa,
                       std::unique_ptr<Session>& out, const PlanOptions& options);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Tensors in the model's order, dense NHWC with batch 1, of the model's element type; config error for the
  // other one.
  Status run(const int16_t* const* inputs, int16_t* const* outputs);
  Status run(const float* const* inputs, float* const* outputs);

  // Runs once and says where the time went, step by step of the plan.
  struct StepTime {
    std::string name;
    const char* kind;
    int64_t macs;
    double seconds;
  };
  Status profile(const int16_t* const* inputs, int16_t* const* outputs, std::vector<StepTime>& times);
  Status profile(const float* const* inputs, float* const* outputs, std::vector<StepTime>& times);

  int output_height(size_t output) const;
  int output_width(size_t output) const;
  int input_height() const { return height_; }
  int input_width() const { return width_; }
  const Model& model() const { return *model_; }
  IsaLevel isa() const { return isa_; }
  size_t arena_bytes() const;

 private:
  struct State;
  Session(std::shared_ptr<const Model> model, int height, int width, IsaLevel isa);
  std::vector<StepTime> describe(const std::vector<double>& step_seconds) const;

  std::shared_ptr<const Model> model_;
  int height_, width_;
  IsaLevel isa_;
  std::unique_ptr<State> state_;
};

// Sessions ready for use, keyed by model, size and level; thread-safe. A released session is handed out
// again.
class SessionPool {
 public:
  explicit SessionPool(std::shared_ptr<const Model> model) : model_(std::move(model)) {}
  Status acquire(int input_height, int input_width, IsaLevel isa, std::unique_ptr<Session>& out);
  void release(std::unique_ptr<Session> session);
  const std::shared_ptr<const Model>& model() const { return model_; }

 private:
  std::shared_ptr<const Model> model_;
  std::mutex mutex_;
  std::map<std::tuple<int, int, IsaLevel>, std::vector<std::unique_ptr<Session>>> free_;
};

}  // namespace inloop::nn
