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

// Four neighbours in one dimension; the position lies between the second and the third one.
struct Quartet {
  int at[4] = {};
  Fraction fraction;
};

// Returns the resampling of a resize, or that of a resize_to between these sizes.
Resampling resampling_of(const Layer& layer, const Shape& in, const Shape& out);

// These say where row (or column) `index` of a resized value comes from; `in` and `out` are the sizes of the
// dimension. The coordinates are fractions, so the result is exact.
Neighbours bilinear_source(const Resampling& resampling, const Scale& scale, int index, int in, int out);
Quartet cubic_source(const Resampling& resampling, const Scale& scale, int index, int in, int out);
int nearest_source(const Resampling& resampling, const Scale& scale, int index, int in, int out);

// Converts a coordinate of the grid (-1 to 1) to samples; the result is inside the picture unless the padding
// is zeros.
double grid_coordinate(const GridSampling& grid, float position, int size);
// Returns the sample that stands for `index`, or -1 where it counts as zero.
int grid_index(const GridSampling& grid, int64_t index, int size);

}  // namespace inloop::nn
