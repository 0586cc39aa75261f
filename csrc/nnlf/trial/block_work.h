// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "nn/graph/model.h"
#include "nnlf/contract/geometry.h"

namespace inloop::nnlf {

// Returns the multiplications of a network in each block with its context, in raster order.
std::vector<int64_t> block_macs(const nn::Model& model, const BlockGrid& grid);

// Returns the luma samples of each block without its context.
std::vector<int64_t> block_areas(const BlockGrid& grid);

}  // namespace inloop::nnlf
