// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/isa.h"

namespace inloop::coolchic {

// A wave of latents through the context model. Weights come in pairs of 16 bit, [output][input / 2], the
// residual connections included; biases with the half for rounding.
struct ContextWave {
  const int16_t* const* inputs;  // `size` arrays of latents, at most 511 in size
  int count;
  int size;  // 8, 16, 24 or 32
  int hidden_layers;
  const int32_t* pairs;
  const int32_t* biases;
  int32_t* location;  // outputs in 64ths
  int32_t* log_scale;
};

// The interval of the most probable symbol for each latent of a wave.
struct CentralIntervals {
  const int32_t* location;
  const int32_t* log_scale;
  int count;
  const int32_t* scale_table;  // of log_scale, from kMinLogScale on
  int min_symbol;
  int max_symbol;
  double free;
  int32_t* scale;
  int32_t* symbol;
  uint32_t* low;  // kUncertain: the exact exponential has to decide
  uint32_t* high;
};
inline constexpr uint32_t kUncertain = 0xffffffff;

// A row of an upsampled plane: sample 2 i + phase is the sum, rows first, of weight[row][tap] times
// rows[row][i + first[phase] - tap].
struct UpsampledRow {
  const float* const* rows;  // `taps` of them
  int taps;
  const float* weights[2];  // taps x taps for even and odd samples
  int first[2];
  int width;
  float* out;
};

// A row of a layer: out[o] = bias[o] + sum of weight[o][i] in[i], in this order, then + residual[o], then the
// activation: negative values times `slope`, 1 for none.
struct DenseRow {
  const float* const* in;
  int inputs;
  const float* weights;
  const float* biases;
  const float* const* residual;  // or null
  float slope;                   // 0 ReLU
  int outputs;
  int width;
  float* const* out;
};

// One plane of a reference picture.
struct ReferencePlane {
  const uint16_t* samples;
  ptrdiff_t stride;
};

// A row of samples of one plane: picture = residue + alpha * (beta * warp 0 + (1 - beta) * warp 1), in units
// of a sample. Sample i lies at column i << shift, row y of the full-size picture of width x height, to which
// flows refer; the reference planes are that much smaller.
struct ComposedRow {
  int references;  // 0 to 2
  const float* residue;
  const float* alpha;  // before + 1/2 and clamping, as beta
  const float* beta;
  const float* flow_x[2];
  const float* flow_y[2];
  float flow_gain;
  ReferencePlane reference[2];
  int shift;
  int width;  // of the full-size picture
  int height;
  int y;
  int count;
  float peak;
  uint16_t* out;
};

// Every kernel of the Cool-chic decoder, per ISA level; all levels give identical results, floats included:
// single operations in the order of the scalar ones, never fused. Kernels may read and write up to kRowSlack
// elements behind a row.
struct KernelTable {
  // Returns false where a hidden value does not fit 16 bit; outputs are then undefined.
  bool (*context_wave)(const ContextWave& wave);
  void (*central_intervals)(const CentralIntervals& wave);
  void (*widen_row)(const int16_t* latents, int width, float* out);
  void (*upsample_row)(const UpsampledRow& row);
  void (*dense_row)(const DenseRow& row);
  void (*compose_row)(const ComposedRow& row);
};
inline constexpr int kRowSlack = 64;

const KernelTable& kernels(IsaLevel level);

void fill_context_scalar(KernelTable& table);
void fill_intervals_scalar(KernelTable& table);
void fill_upsampling_scalar(KernelTable& table);
void fill_synthesis_scalar(KernelTable& table);
void fill_composition_scalar(KernelTable& table);
void fill_context_avx2(KernelTable& table);
void fill_intervals_avx2(KernelTable& table);
void fill_upsampling_avx2(KernelTable& table);
void fill_synthesis_avx2(KernelTable& table);
void fill_composition_avx2(KernelTable& table);
void fill_context_avx512(KernelTable& table);
void fill_intervals_avx512(KernelTable& table);
void fill_upsampling_avx512(KernelTable& table);
void fill_synthesis_avx512(KernelTable& table);
void fill_composition_avx512(KernelTable& table);

}  // namespace inloop::coolchic
