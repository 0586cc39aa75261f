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

// Holds what changes while a program runs. One thread may use it at a time; run() does not allocate.
class Workspace {
 public:
  explicit Workspace(std::shared_ptr<const Program> program);
  ~Workspace();
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  // Tensors are in the order of the model, dense NHWC with batch 1, and must have the element type of the
  // model; the other type is a config error.
  Status run(const int16_t* const* inputs, int16_t* const* outputs);
  Status run(const float* const* inputs, float* const* outputs);

  // Runs once and says how long each step of the plan took.
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
