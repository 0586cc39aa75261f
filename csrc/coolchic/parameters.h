// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "coolchic/stream.h"

namespace inloop::coolchic {

// The integers of a picture's networks as coded; times 2^step they are the parameters. Layer after layer;
// matrices [output][input], convolutions [output][input][y][x].
struct Parameters {
  std::vector<int32_t> context_weights, context_biases;
  std::vector<int32_t> upsampling_weights;
  std::vector<int32_t> synthesis_weights, synthesis_biases;
};

Status decode_parameters(const Stream& stream, const PictureHeader& picture, Parameters& out);

}  // namespace inloop::coolchic
