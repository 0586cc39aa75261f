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

// A model compiled for one input size and one device: a plan and the weights that it runs with. It does not
// change, so any number of threads may run it, each in a Workspace of its own.
class Program {
 public:
  // `weights` are those of another program of the same model and device, of any size; null packs them anew.
  // It is a config error if the network cannot run at that size, and unsupported if the weights are too many
  // to pack.
  static Status compile(std::shared_ptr<const Model> model, int input_height, int input_width,
                        const Device& device, const PlanOptions& options,
                        std::shared_ptr<const Weights> weights, std::shared_ptr<const Program>& out);
  // Makes the same plan with the weights of another model, such as weights that a stream updates. The model
  // may differ only in its numbers; another structure is a config error.
  Status with_weights_of(std::shared_ptr<const Model> model, std::shared_ptr<const Program>& out) const;

  const Model& model() const { return *model_; }
  const Device& device() const { return device_; }
  int input_height() const { return height_; }
  int input_width() const { return width_; }
  int output_height(size_t output) const;
  int output_width(size_t output) const;

  const std::shared_ptr<const Weights>& weights() const { return weights_; }
  const std::shared_ptr<const Plan>& plan() const { return plan_; }
  // Returns the memory for activations that each workspace has.
  size_t arena_bytes() const;
  // Returns the memory of the packed weights, which programs share.
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
