// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/graph/sampling.h"

#include <algorithm>
#include <cmath>

namespace inloop::nn {
namespace {

int64_t floor_divide(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// Returns the coordinate in the input as numerator / denominator.
Fraction coordinate(const Resampling& resampling, const Scale& scale, int64_t index, int in, int out) {
  const int64_t n = scale.numerator, d = scale.denominator;
  switch (resampling.coordinates) {
    case Coordinates::align_corners:
      return out == 1 ? Fraction{} : Fraction{index * (in - 1), out - 1};
    case Coordinates::asymmetric:
      return {index * d, n};
    case Coordinates::half_pixel:
      break;
  }
  return resampling.pytorch && out == 1 ? Fraction{} : Fraction{(2 * index + 1) * d - n, 2 * n};
}

// Reflects x back and forth between low and high.
double reflect(double x, double low, double high) {
  const double range = high - low;
  if (range <= 0) return low;
  double offset = std::fmod(std::fabs(x - low), 2 * range);
  if (offset > range) offset = 2 * range - offset;
  return low + offset;
}

}  // namespace

Resampling resampling_of(const Layer& layer, const Shape& in, const Shape& out) {
  Resampling r = layer.resampling;
  if (layer.op == Op::resize_to) {
    r.y = {out.height, in.height};
    r.x = {out.width, in.width};
  }
  return r;
}

Neighbours bilinear_source(const Resampling& resampling, const Scale& scale, int index, int in, int out) {
  const Fraction at = coordinate(resampling, scale, index, in, out);
  const int64_t low = floor_divide(at.numerator, at.denominator);
  if (low < 0) return {};
  if (low >= in - 1) return {in - 1, in - 1, {}};
  return {static_cast<int>(low),
          static_cast<int>(low) + 1,
          {at.numerator - low * at.denominator, at.denominator}};
}

Quartet cubic_source(const Resampling& resampling, const Scale& scale, int index, int in, int out) {
  const Fraction at = coordinate(resampling, scale, index, in, out);
  const int64_t low = floor_divide(at.numerator, at.denominator);
  Quartet found;
  for (int i = 0; i < 4; ++i) found.at[i] = static_cast<int>(std::clamp<int64_t>(low - 1 + i, 0, in - 1));
  found.fraction = {at.numerator - low * at.denominator, at.denominator};
  return found;
}

int nearest_source(const Resampling& resampling, const Scale& scale, int index, int in, int out) {
  const auto [n, d] = coordinate(resampling, scale, index, in, out);
  int64_t source = 0;
  switch (resampling.nearest) {
    case NearestMode::prefer_floor:
      source = -floor_divide(d - 2 * n, 2 * d);
      break;
    case NearestMode::prefer_ceil:
      source = floor_divide(2 * n + d, 2 * d);
      break;
    case NearestMode::floor:
      source = floor_divide(n, d);
      break;
    case NearestMode::ceil:
      source = -floor_divide(-n, d);
      break;
  }
  return static_cast<int>(std::clamp<int64_t>(source, 0, in - 1));
}

double grid_coordinate(const GridSampling& grid, float position, int size) {
  double x = grid.align_corners ? (position + 1.0) / 2 * (size - 1) : ((position + 1.0) * size - 1) / 2;
  if (grid.interpolation == Interpolation::nearest) x = std::nearbyint(x);
  const double low = grid.align_corners ? 0 : -0.5, high = size - 1 - low;
  if (!std::isfinite(x)) return -2;
  if (grid.padding == GridPadding::border) return std::clamp<double>(x, 0, size - 1);
  if (grid.padding == GridPadding::reflection && (x < low || x > high)) return reflect(x, low, high);
  return std::clamp<double>(x, -2, size + 1);  // beyond that, there is nothing but zeros
}

int grid_index(const GridSampling& grid, int64_t index, int size) {
  if (index >= 0 && index < size) return static_cast<int>(index);
  if (grid.padding == GridPadding::zeros) return -1;
  return static_cast<int>(std::clamp<int64_t>(index, 0, size - 1));
}

}  // namespace inloop::nn
