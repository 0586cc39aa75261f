// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "coolchic/context_model.h"

#include <algorithm>
#include <cstdlib>
#include <limits>

namespace inloop::coolchic {
namespace {

constexpr int kMaxContext = 32;
constexpr int kMaxPackedLatent = 511;  // 64 times this fits 16 bits
constexpr int64_t kFarAway = int64_t{1} << 25;

constexpr ContextOffset kContext8[] = {{-1, -2}, {0, -2}, {-1, -1}, {0, -1},
                                       {1, -1},  {2, -1}, {-2, 0},  {-1, 0}};
constexpr ContextOffset kContext16[] = {{0, -3}, {1, -3},  {-2, -2}, {-1, -2}, {0, -2}, {1, -2},
                                        {2, -2}, {-3, -1}, {-2, -1}, {-1, -1}, {0, -1}, {1, -1},
                                        {2, -1}, {-3, 0},  {-2, 0},  {-1, 0}};
constexpr ContextOffset kContext24[] = {{0, -4},  {-2, -3}, {-1, -3}, {0, -3},  {1, -3}, {2, -3},
                                        {-3, -2}, {-2, -2}, {-1, -2}, {0, -2},  {1, -2}, {2, -2},
                                        {3, -2},  {-3, -1}, {-2, -1}, {-1, -1}, {0, -1}, {1, -1},
                                        {2, -1},  {3, -1},  {-4, 0},  {-3, 0},  {-2, 0}, {-1, 0}};
constexpr ContextOffset kContext32[] = {{-2, -4}, {-1, -4}, {0, -4}, {1, -4}, {-3, -3}, {-2, -3}, {-1, -3},
                                        {0, -3},  {1, -3},  {2, -3}, {3, -3}, {-3, -2}, {-2, -2}, {-1, -2},
                                        {0, -2},  {1, -2},  {2, -2}, {3, -2}, {4, -2},  {-4, -1}, {-3, -1},
                                        {-2, -1}, {-1, -1}, {0, -1}, {1, -1}, {2, -1},  {3, -1},  {4, -1},
                                        {-4, 0},  {-3, 0},  {-2, 0}, {-1, 0}};

// Returns integer * 2^shift, where a half goes to the even neighbour.
int32_t scaled(int32_t integer, int shift) {
  if (shift >= 0) return integer * (1 << shift);
  const int32_t floor = integer >> 1;
  return floor + (integer & floor & 1);
}

int32_t pair_of(int32_t even, int32_t odd) {
  return static_cast<int32_t>((static_cast<uint32_t>(even) & 0xffff) | static_cast<uint32_t>(odd) << 16);
}

}  // namespace

const ContextOffset* context_offsets(int size) {
  return size == 8 ? kContext8 : size == 16 ? kContext16 : size == 24 ? kContext24 : kContext32;
}

ContextModel::ContextModel(const PictureHeader& picture, const Parameters& parameters)
    : size_(picture.context_size),
      hidden_layers_(picture.hidden_layers),
      latent_range_(picture.latent_range) {
  for (int32_t integer : parameters.context_weights) {
    weights_.push_back(scaled(integer, picture.context_weights.step_log2 + 6));
  }
  for (int32_t integer : parameters.context_biases) {
    biases_.push_back(scaled(integer, picture.context_biases.step_log2 + 12) + 32);
  }
  for (int layer = 0; layer < hidden_layers_; ++layer) {
    for (int o = 0; o < size_; ++o) weights_[static_cast<size_t>((layer * size_ + o) * size_ + o)] += 64;
  }
  pack();
}

void ContextModel::pack() {
  constexpr int64_t kMost = std::numeric_limits<int16_t>::max();
  fits_16_bit_ = latent_range_ < kMaxPackedLatent;
  const auto width = static_cast<size_t>(size_);
  for (size_t output = 0; output < biases_.size(); ++output) {
    int64_t most = std::abs(int64_t{biases_[output]});
    for (size_t i = output * width; i < (output + 1) * width; ++i) {
      const int64_t size = std::abs(int64_t{weights_[i]});
      fits_16_bit_ = fits_16_bit_ && size <= kMost;
      most += size * kMost;
    }
    fits_16_bit_ = fits_16_bit_ && most <= std::numeric_limits<int32_t>::max();
  }
  for (size_t i = 0; fits_16_bit_ && i < weights_.size(); i += 2) {
    pairs_.push_back(pair_of(weights_[i], weights_[i + 1]));
  }
}

void ContextModel::run_wave(const KernelTable& kernels, const int16_t* const* inputs, int count,
                            int32_t* location, int32_t* log_scale) const {
  if (fits_16_bit_ && kernels.context_wave({inputs, count, size_, hidden_layers_, pairs_.data(),
                                            biases_.data(), location, log_scale})) {
    return;
  }
  for (int i = 0; i < count; ++i) run_sample(inputs, i, location + i, log_scale + i);
}

void ContextModel::run_sample(const int16_t* const* inputs, int index, int32_t* location,
                              int32_t* log_scale) const {
  int64_t x[kMaxContext], y[kMaxContext];
  for (int j = 0; j < size_; ++j) x[j] = int64_t{64} * inputs[j][index];
  const int32_t* weight = weights_.data();
  const int32_t* bias = biases_.data();
  const auto layer = [&](int outputs) {
    for (int o = 0; o < outputs; ++o) {
      int64_t sum = *bias++;
      for (int j = 0; j < size_; ++j) sum += *weight++ * x[j];
      y[o] = sum >> 6;
    }
  };
  for (int l = 0; l < hidden_layers_; ++l) {
    layer(size_);
    for (int j = 0; j < size_; ++j) {
      x[j] = std::clamp<int64_t>(y[j], 0, std::numeric_limits<int32_t>::max());
    }
  }
  layer(2);
  *location = static_cast<int32_t>(std::clamp(y[0], -kFarAway, kFarAway));
  *log_scale = static_cast<int32_t>(std::clamp(y[1], -kFarAway, kFarAway));
}

}  // namespace inloop::coolchic
