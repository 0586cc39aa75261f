// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "base/isa.h"
#include "coolchic/kernels/table.h"
#include "coolchic/parameters.h"
#include "coolchic/stream.h"

namespace inloop::coolchic {

// The autoregressive network that gives location and scale of a latent from those decoded before. It works in
// integers: weights are in 64ths, biases in 4096ths, values in 64ths.
class ContextModel {
 public:
  ContextModel(const PictureHeader& picture, const Parameters& parameters);

  // Computes the outputs for the samples of a wave. Their contexts are `inputs`, which are context_size()
  // pointers to latents. The location is limited to what is far outside every symbol range.
  void run_wave(const KernelTable& kernels, const int16_t* const* inputs, int count, int32_t* location,
                int32_t* log_scale) const;

  int context_size() const { return size_; }

 private:
  void pack();
  void run_sample(const int16_t* const* inputs, int index, int32_t* location, int32_t* log_scale) const;

  int size_;
  int hidden_layers_;
  int latent_range_;
  std::vector<int32_t> weights_;  // includes the residual connections
  std::vector<int32_t> biases_;   // includes the half for rounding
  // Says that weights and sums fit the packed form below; values are checked as they come.
  bool fits_16_bit_ = false;
  std::vector<int32_t> pairs_;  // two weights of 16 bits each
};

// A sample of the context, by column and row relative to the latent.
struct ContextOffset {
  int8_t x;
  int8_t y;
};

// Returns the context of `size` samples (8, 16, 24 or 32), in the order of the network's inputs.
const ContextOffset* context_offsets(int size);

}  // namespace inloop::coolchic
