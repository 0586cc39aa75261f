// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "nn/graph/graph.h"
#include "nn/graph/integer_rules.h"

namespace inloop::nn {

// Two neighbours in one dimension and the position between them.
struct Neighbours {
  int low = 0, high = 0;
  Fraction fraction;
};

// Where row (or column) `index` of a resized value comes from; `in` and `out` are the sizes of the dimension.
// Exact: coordinates are fractions.
Neighbours bilinear_source(const Resampling& resampling, const Scale& scale, int index, int in, int out);
int nearest_source(const Resampling& resampling, const Scale& scale, int index, int in, int out);

// A grid's coordinate (-1 to 1) in samples, inside the picture unless the padding is zeros.
double grid_coordinate(const GridSampling& grid, float position, int size);
// The sample that stands for `index`, -1 where it counts as zero.
int grid_index(const GridSampling& grid, int64_t index, int size);

}  // namespace inloop::nn
