// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "coolchic/stream.h"

namespace inloop::coolchic {

// The integers of a picture's networks as they are coded; the parameters are the integers times 2^step_log2.
// They come layer after layer, matrices as [output][input] and convolutions as [output][input][y][x].
struct Parameters {
  std::vector<int32_t> context_weights, context_biases;
  std::vector<int32_t> upsampling_weights;
  std::vector<int32_t> synthesis_weights, synthesis_biases;
};

Status decode_parameters(const Stream& stream, const PictureHeader& picture, Parameters& out);

}  // namespace inloop::coolchic
