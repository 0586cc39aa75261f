// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

// Scales of Laplace distributions, in 128ths.
namespace inloop::coolchic {

// Returns the scale of a parameter set by its index, 0 to 40, and 0 for other indices.
int parameter_scale_128(int index);

// Returns the same for streams of early February 2024, whose indices have two bytes, and 0 for 65535.
int early_parameter_scale_128(int index);

// Returns the scales of latents by the second output of the context model, which is in 64ths and clamped to
// kMinLogScale to kMaxLogScale: entry o - kMinLogScale is round(128 exp(-o / 128)).
inline constexpr int kMinLogScale = -640;
inline constexpr int kMaxLogScale = 885;
const int32_t* latent_scales_128();

}  // namespace inloop::coolchic
