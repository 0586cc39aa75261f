// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "nn/program.h"

namespace inloop::nn {

// What changes while a program runs. One thread at a time; run() does not allocate.
class Workspace {
 public:
  explicit Workspace(std::shared_ptr<const Program> program);
  ~Workspace();
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

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

  const Program& program() const { return *program_; }

 private:
  struct Executors;

  std::shared_ptr<const Program> program_;
  std::unique_ptr<Executors> executors_;
};

}  // namespace inloop::nn
