// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace inloop::nn {

// The fields of operations that need more than a window. The numbers of every enumeration are those of the
// compact form.

// The window of convolutions and pooling. A slice uses the pads as the numbers of rows and columns that are
// cut off, pad and pad_border as the numbers that are added.
struct Window {
  int kernel_height = 1, kernel_width = 1;
  int stride_y = 1, stride_x = 1;
  int top = 0, left = 0, bottom = 0, right = 0;
  int output_height(int height) const { return (height + top + bottom - kernel_height) / stride_y + 1; }
  int output_width(int width) const { return (width + left + right - kernel_width) / stride_x + 1; }
};

// Where a sample of the result lies in the input, in the terms of ONNX.
enum class Coordinates : uint8_t { half_pixel = 0, asymmetric = 1, align_corners = 2 };
// The cubic ones take four samples a dimension; their kernels have the parameter a = -3/4 and -1/2.
enum class Interpolation : uint8_t { nearest = 0, bilinear = 1, bicubic = 2, catmull_rom = 3 };
inline bool is_cubic(Interpolation interpolation) { return interpolation >= Interpolation::bicubic; }
// Returns -4 a of the kernel.
inline int cubic_quarters(Interpolation interpolation) {
  return interpolation == Interpolation::bicubic ? 3 : 2;
}
enum class NearestMode : uint8_t { prefer_floor = 0, prefer_ceil = 1, floor = 2, ceil = 3 };

constexpr int kMaxSide = 1 << 20;  // the most rows or columns of a value

// The result has floor(size * numerator / denominator) rows or columns. Sizes that are too large become
// kMaxSide + 1.
struct Scale {
  int numerator = 1, denominator = 1;
  int output(int size) const {
    return static_cast<int>(std::min<int64_t>(int64_t{size} * numerator / denominator, kMaxSide + 1));
  }
};

struct Resampling {
  Interpolation interpolation = Interpolation::nearest;
  Coordinates coordinates = Coordinates::half_pixel;
  NearestMode nearest = NearestMode::prefer_floor;
  bool pytorch = false;  // with half_pixel, a result of one row or column reads coordinate 0
  Scale y, x;
};

enum class GridPadding : uint8_t { zeros = 0, border = 1, reflection = 2 };

struct GridSampling {
  Interpolation interpolation = Interpolation::bilinear;
  GridPadding padding = GridPadding::zeros;
  bool align_corners = false;
};

// Functions of one real number, where a and b are the parameters of the layer.
enum class Function : uint8_t {
  sigmoid = 0,
  hard_sigmoid = 1,  // clamp(a x + b, 0, 1)
  hard_swish = 2,    // x clamp(x / 6 + 1 / 2, 0, 1)
  tanh = 3,
  gelu = 4,       // by erf
  gelu_tanh = 5,  // by an approximation with tanh
  erf = 6,
  exp = 7,
  log = 8,
  sqrt = 9,
  reciprocal = 10,
  abs = 11,
  softplus = 12,
  softsign = 13,
  elu = 14,  // x < 0: a (exp(b x) - 1)
  mish = 15,
  swish = 16,  // x sigmoid(a x)
  floor = 17,
  ceil = 18,
  round = 19,  // halves to even
  truncate = 20,
  sign = 21,
  power = 22,  // x^a
  sine = 23,
  cosine = 24,
};
constexpr int kFunctions = 25;

enum class Comparison : uint8_t {
  less = 0,
  less_equal = 1,
  greater = 2,
  greater_equal = 3,
  equal = 4,
  not_equal = 5
};
constexpr int kComparisons = 6;

enum class BorderMode : uint8_t { edge = 1, reflect = 2, value = 3, wrap = 4 };

enum Dimension : int { kHeight = 0, kWidth = 1, kChannels = 2 };

// A permutation of the axes whose products are the three dimensions, which covers reshapes and transposes.
// The axes are listed as they follow each other in height, width and channels of the input. One axis of
// height and one of width may have the size 0, which stands for what its dimension leaves to it. `target`
// lists the axes whose product is the height, the width or the channels of the result, the outermost first.
struct Rearrangement {
  struct Axis {
    Dimension source = kHeight;
    int size = 0;
  };
  std::vector<Axis> axes;
  std::array<std::vector<int>, 3> target;
};

}  // namespace inloop::nn
