// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/isa.h"

namespace inloop::nn {

// What happens to a sum before it is stored. All of it equals the rules of integer_rules.h, one after the
// other:
//   v = sat(sum >> shift)
//   bias:      v = sat((v >> bias_shift) + bias[c]); null where the plan folded it into the start of the sum
//   residual:  v = sat((v >> self_shift) + (residual >> residual_shift))
//   raw store of v, activation, store
// PReLU is y = ((x * slope_low) >> 16) + x * slope_units for x < 0, saturated, with slope_units in -1..1. It
// equals (x * slope) >> q for slope * 2^(16 - q) = slope_low + slope_units * 2^16.
enum class Activation : int {
  none = 0,
  relu = 1,
  prelu_fraction = 2,  // all slope_units are 0
  prelu = 3,
  clip = 4,        // float32 only
  prelu_half = 5,  // all slope_units are 0 and no slope_low is negative: the slopes are in 0 .. 0.5
};

struct Epilogue {
  int shift = 0;
  const int16_t* bias = nullptr;
  int bias_shift = 0;
  int self_shift = 0, residual_shift = 0;
  Activation activation = Activation::none;
  const int16_t* slope_low = nullptr;
  const int16_t* slope_units = nullptr;
};

// Says where a row of results goes. Steps are in elements from pixel to pixel. Channels are stored in whole
// groups (8 for int16, 16 for float32), so that the elements after the last channel receive values that must
// not be relied on.
template <class T>
struct RowOutputOf {
  int pixels = 0;
  T* out = nullptr;
  ptrdiff_t out_step = 0;
  T* raw = nullptr;  // optional, the values before the activation
  ptrdiff_t raw_step = 0;
  const T* residual = nullptr;  // optional
  ptrdiff_t residual_step = 0;
};
using RowOutput = RowOutputOf<int16_t>;
using RowOutputF32 = RowOutputOf<float>;

// One output row of a dense convolution. A run is a stretch of memory, 2 * run_pairs elements from its
// pointer on, that the sum of the first pixel reads; the next pixel reads it pixel_step elements further. A
// 1x1 convolution has one run, a 3x3 convolution three or nine. Weights are stored per block of output
// channels as [run][pair][lane][2]; the isa determines the order of the channels in the lanes.
struct ConvRow {
  const int16_t* const* runs = nullptr;
  int run_count = 0, run_pairs = 0;
  ptrdiff_t pixel_step = 0;
  // Pixels that go through all blocks before the next ones, so that they stay in the cache; 0 means all.
  int chunk = 0;
  const int16_t* weights = nullptr;
  int weights_per_channel = 0;     // 2 * run_count * run_pairs, or more where a block has further pairs
  const int32_t* start = nullptr;  // initial sums in the order of lanes
  int channels = 0;                // rounded up to 8
  RowOutput output;
  const Epilogue* epilogue = nullptr;
};

constexpr int kWinogradTiles = 12;  // the most tiles that one call handles

// Two output rows of a 3x3 convolution of stride 1 by Winograd's F(2x2, 3x3): a tile has 2x2 results. With
// B^T = (1 0 -1 0, 0 1 1 0, 0 -1 1 0, 0 1 0 -1), 2G = (2 0 0, 1 1 1, 1 -1 1, 0 0 2) and A^T = (1 1 1 0,
// 0 1 -1 -1), A^T (2G w (2G)^T * B^T d B) A is four times the tile's sums. It equals them where B^T d B, 2G w
// (2G)^T and four times the sums fit their integers: what lies between is modulo 2^32. Packing proves this for
// values of up to `limit`, and the kernel looks at the values.
struct WinogradRows {
  const int16_t* rows[4] = {};  // the pixels at the left of the first result
  ptrdiff_t pixel_step = 0;
  int in_channels = 0, channels = 0;  // multiples of 32
  int limit = 0;
  const int16_t* weights = nullptr;    // 2G w (2G)^T, per block of channels as [position][pair][lane][2]
  const int32_t* start = nullptr;      // four times the initial sums
  RowOutput outputs[2];                // the lower row second
  const Epilogue* epilogue = nullptr;  // its shift divides by four as well
  int16_t* pixels = nullptr;           // scratch: [16][kWinogradTiles][in_channels]
  int32_t* sums = nullptr;             // scratch: [16][kWinogradTiles][winograd_block]
};

// One output row of a depthwise convolution; tap t of the first pixel is at taps[t]. Weights are stored per
// block of lanes as [pair of taps][lane][2], where an odd last tap is paired with zeros.
struct DepthwiseRow {
  const int16_t* const* taps = nullptr;
  int tap_count = 0;
  ptrdiff_t pixel_step = 0;
  const int16_t* weights = nullptr;
  const int32_t* start = nullptr;
  int channels = 0;  // rounded up to 8
  RowOutput output;
  const Epilogue* epilogue = nullptr;
};

// The same for float32. A sum starts at zero and takes its products in the order of the weights, then
//   v = sum + bias[c];  v += residual;  raw store;  activation;  store
// The bits of a pixel therefore depend neither on its place in the row nor on what is fused. The scalar
// kernels round each product, the others multiply and add with one rounding. relu, prelu and clip of NaN give
// NaN. Channels are stored in whole groups of 8.
struct EpilogueF32 {
  const float* bias = nullptr;  // optional
  Activation activation = Activation::none;
  const float* slope = nullptr;
  float low = 0, high = 0;
};

// Weights are stored per block of output channels as [run][element][lane], with the lanes in the order of
// channels.
struct ConvRowF32 {
  const float* const* runs = nullptr;
  int run_count = 0, run_length = 0;  // in elements
  ptrdiff_t pixel_step = 0;
  int chunk = 0;
  const float* weights = nullptr;
  int channels = 0;  // rounded up to 8
  RowOutputF32 output;
  const EpilogueF32* epilogue = nullptr;
};

// Weights are stored per block of channels as [tap][lane].
struct DepthwiseRowF32 {
  const float* const* taps = nullptr;
  int tap_count = 0;
  ptrdiff_t pixel_step = 0;
  const float* weights = nullptr;
  int channels = 0;  // rounded up to 8
  RowOutputF32 output;
  const EpilogueF32* epilogue = nullptr;
};

// Where a column of a bilinear resize comes from: offsets of two pixels in elements, and the weight of the
// right one (of 2048 for int16).
template <class Weight>
struct BilinearColumnOf {
  ptrdiff_t left = 0, right = 0;
  Weight weight = 0;
};
using BilinearColumn = BilinearColumnOf<int>;
using BilinearColumnF32 = BilinearColumnOf<float>;

// Part of one row of a bilinear resize. `weight` is that of the lower row.
template <class T, class Weight>
struct BilinearRowOf {
  const T *upper = nullptr, *lower = nullptr;
  Weight weight = 0;
  const BilinearColumnOf<Weight>* columns = nullptr;
  int pixels = 0, channels = 0;
  T* out = nullptr;
  ptrdiff_t out_step = 0;
};
using BilinearRow = BilinearRowOf<int16_t, int>;
using BilinearRowF32 = BilinearRowOf<float, float>;

constexpr int round_up(int value, int multiple) { return (value + multiple - 1) / multiple * multiple; }

// Returns the number of channels of the next block where `left`, a multiple of 8, are left. Whole groups of
// 16 come first.
constexpr int block_channels(int left, int widest) {
  return left >= widest ? widest : left > 8 ? left / 16 * 16 : left;
}

// The functions of layer_fields.h that have kernels.
enum class VectorFunction : int {
  exp = 0,
  sigmoid = 1,
  swish = 2,
  tanh = 3,
  erf = 4,
  gelu = 5,
  gelu_tanh = 6,
  mish = 7,
  elu = 8
};

struct KernelTable {
  // The largest block of output channels that the dense kernel takes, a multiple of 16, and of channels that
  // the depthwise kernel takes, a multiple of 8.
  int conv_block = 16, depthwise_block = 16;
  // Returns the output channel (0 .. block - 1) that belongs to a lane of a block of that many channels.
  int (*lane_channel)(int block, int lane) = nullptr;
  void (*conv_row_i16)(const ConvRow&) = nullptr;
  void (*depthwise_row_i16)(const DepthwiseRow&) = nullptr;
  // Optional. Handles `tiles` tiles from number `tile` on. Returns false where a value is beyond the limit, and
  // then has not stored any results. A block of conv_block channels is a whole number of its blocks.
  int winograd_block = 0;
  bool (*winograd_rows_i16)(const WinogradRows&, int tile, int tiles) = nullptr;
  // Returns the number of output channels of the dense kernel's next block where `channels`, a multiple of 8,
  // are left. The blocks of the depthwise kernel have the fixed size that follows; the last one may be
  // smaller.
  int (*conv_block_f32)(int channels) = nullptr;
  int depthwise_block_f32 = 8;
  void (*conv_row_f32)(const ConvRowF32&) = nullptr;
  void (*depthwise_row_f32)(const DepthwiseRowF32&) = nullptr;
  // Sets y[i] = f(x[i]) with the parameters a and b of the layer; y may be x. The scalar kernel computes in
  // double and rounds once. The others are within 5e-7 * max(1, |x|, |f(x)|) of f(x), exp within
  // 5e-7 * f(x), and agree with each other.
  void (*function_f32)(VectorFunction function, float a, float b, const float* x, float* y,
                       int count) = nullptr;
  // The rules of bilinear_rule() and table_rule() in integer_rules.h; y may be x. Float sums have the same bits
  // on every ISA.
  void (*bilinear_row_i16)(const BilinearRow&) = nullptr;
  void (*bilinear_row_f32)(const BilinearRowF32&) = nullptr;
  void (*table_i16)(const int16_t* knots, int shift, const int16_t* x, int16_t* y, int count) = nullptr;
  // These run nothing but the multiply-add that the kernels consist of, to measure the peak of the machine,
  // and return the number of multiplications.
  int64_t (*multiply_add_loop_i16)(int64_t rounds) = nullptr;
  int64_t (*multiply_add_loop_f32)(int64_t rounds) = nullptr;
};

// Returns the table of an isa, which the CPU must support.
const KernelTable& kernels(Isa isa);

// Returns the table of the avx2 isa with AVX-VNNI in its int16 kernels, for tests; where the CPU has only
// AVX-512, in the encoding of AVX-512. Returns null where it has neither.
const KernelTable* vnni_kernels();

// Each isa overwrites the entries that it has.
void fill_scalar(KernelTable& table);
void fill_avx2(KernelTable& table);
void fill_avx512(KernelTable& table);
void fill_avxvnni(KernelTable& table);
void fill_avx512_as_avxvnni(KernelTable& table);
void fill_avxvnni_peak(KernelTable& table);
void fill_scalar_f32(KernelTable& table);
void fill_avx2_f32(KernelTable& table);
void fill_avx512_f32(KernelTable& table);
void fill_scalar_functions(KernelTable& table);
void fill_avx2_functions(KernelTable& table);
void fill_avx512_functions(KernelTable& table);
void fill_scalar_elements(KernelTable& table);
void fill_avx2_elements(KernelTable& table);
void fill_avx512_elements(KernelTable& table);
void fill_scalar_peak(KernelTable& table);
void fill_avx2_peak(KernelTable& table);
void fill_avx512_peak(KernelTable& table);
void fill_neon(KernelTable& table);
void fill_neon_f32(KernelTable& table);
void fill_neon_peak(KernelTable& table);

}  // namespace inloop::nn
