// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "coolchic/context_model.h"
#include "coolchic/encoder/range_encoder.h"
#include "coolchic/kernels/table.h"

// The messages of a picture: what they cost and their bytes, by the arithmetic of the decoder.
namespace inloop::coolchic {

// Returns the intervals of integers of a parameter set. The integers must lie in -range to range + 1.
std::vector<CountInterval> parameter_intervals(const int32_t* integers, size_t count, int range,
                                               int scale_128);

// A grid of latents, row by row, in -range to range + 1.
struct LatentGrid {
  const int16_t* latents;
  int width;
  int height;
  int range;
};

// Returns the intervals of the latents, row by row.
std::vector<CountInterval> latent_intervals(const KernelTable& kernels, const ContextModel& model,
                                            const LatentGrid& grid);

// Puts intervals of a grid from the order of rows into that of waves, in which they are coded.
std::vector<CountInterval> in_wave_order(const std::vector<CountInterval>& intervals, int width, int height);

// Returns what the symbols cost without the rounding to whole words.
double bits_of(const std::vector<CountInterval>& intervals);

std::vector<uint8_t> encode_message(const std::vector<CountInterval>& intervals);

}  // namespace inloop::coolchic
