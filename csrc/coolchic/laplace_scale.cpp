// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "coolchic/laplace_scale.h"

#include <array>
#include <cmath>

#include "coolchic/exponential.h"

namespace inloop::coolchic {
namespace {

constexpr double kLn2 = 0x1.62e42fefa39efp-1;
constexpr int kParameterScales = 41;

// Returns 2^exponent without what the small float format of the authors drops: a number below 2 keeps nine
// bits behind its leading one, a larger one has steps of 2^-9. The result is in 128ths, with ties to even. No
// entry is so near to a step that the last bits of the power matter.
int dropped_128(double exponent) {
  const double octave = std::floor(exponent);
  const double mantissa = 2 * exp_of_negative((1 - (exponent - octave)) * kLn2);
  const double steps = octave < 1 ? 512 : std::ldexp(512, static_cast<int>(octave));
  const double kept = std::floor(mantissa * steps * (1 + 1e-13)) / steps;
  return static_cast<int>(std::nearbyint(std::ldexp(kept, static_cast<int>(octave) + 7)));
}

std::array<int32_t, kMaxLogScale - kMinLogScale + 1> make_latent_scales() {
  std::array<int32_t, kMaxLogScale - kMinLogScale + 1> scales{};
  for (int i = 0; i < static_cast<int>(scales.size()); ++i) {
    const int log_scale = i + kMinLogScale;
    const double power =
        log_scale < 0 ? 1 / exp_of_negative(-log_scale / 128.0) : exp_of_negative(log_scale / 128.0);
    scales[static_cast<size_t>(i)] = static_cast<int32_t>(std::floor(128 * power + 0.5));
  }
  return scales;
}

}  // namespace

int parameter_scale_128(int index) {
  if (index < 0 || index >= kParameterScales) return 0;
  return dropped_128(index / 4.0 - 2);
}

int early_parameter_scale_128(int index) {
  if (index < 0 || index > 65534) return 0;
  return dropped_128(1.0 / 1024 + index * (16 - 1.0 / 1024) / 65534);
}

const int32_t* latent_scales_128() {
  static const auto scales = make_latent_scales();
  return scales.data();
}

}  // namespace inloop::coolchic
