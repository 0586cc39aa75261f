// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/status.h"
#include "nn/device.h"
#include "nn/graph/model.h"
#include "nn/passes/options.h"

namespace inloop::nn {

struct Plan;
struct Weights;

// A model compiled for one input size and one device: a plan and the weights that it runs with. Immutable, so
// any number of threads may run it, each in a Workspace of its own.
class Program {
 public:
  // weights: those of another program of the model on the device, of any size; null: packed anew. Config error
  // for a size that the network cannot run at, unsupported for weights that are too many to pack.
  static Status compile(std::shared_ptr<const Model> model, int input_height, int input_width,
                        const Device& device, const PlanOptions& options,
                        std::shared_ptr<const Weights> weights, std::shared_ptr<const Program>& out);
  // The same plan with the weights of another model, which must differ in its numbers only: such as weights
  // that a stream updates. Config error for a model of another structure.
  Status with_weights_of(std::shared_ptr<const Model> model, std::shared_ptr<const Program>& out) const;

  const Model& model() const { return *model_; }
  const Device& device() const { return device_; }
  int input_height() const { return height_; }
  int input_width() const { return width_; }
  int output_height(size_t output) const;
  int output_width(size_t output) const;

  const std::shared_ptr<const Weights>& weights() const { return weights_; }
  const std::shared_ptr<const Plan>& plan() const { return plan_; }
  // Memory that each workspace has for activations.
  size_t arena_bytes() const;
  // Memory of the packed weights, which programs share.
  size_t weight_bytes() const;

 private:
  Program() = default;

  std::shared_ptr<const Model> model_;
  Device device_;
  PlanOptions options_;
  int height_ = 0, width_ = 0;
  std::shared_ptr<const Weights> weights_;
  std::shared_ptr<const Plan> plan_;
};

}  // namespace inloop::nn
