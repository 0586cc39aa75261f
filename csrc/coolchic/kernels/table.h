// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/isa.h"

namespace inloop::coolchic {

// A wave of latents that goes through the context model. Weights come in pairs of 16 bits as [output][input /
// 2] and include the residual connections; biases include the half for rounding.
struct ContextWave {
  const int16_t* const* inputs;  // `size` arrays of latents of magnitude 511 at most
  int count;
  int size;  // 8, 16, 24 or 32
  int hidden_layers;
  const int32_t* pairs;
  const int32_t* biases;
  int32_t* location;  // outputs, in 64ths
  int32_t* log_scale;
};

// The interval of the most probable symbol for each latent of a wave.
struct CentralIntervals {
  const int32_t* location;
  const int32_t* log_scale;
  int count;
  const int32_t* scale_table;  // indexed by log_scale - kMinLogScale
  int min_symbol;
  int max_symbol;
  double free;
  int32_t* scale;
  int32_t* symbol;
  uint32_t* low;  // kUncertain where the exact exponential has to decide
  uint32_t* high;
};
inline constexpr uint32_t kUncertain = 0xffffffff;

// A row of an upsampled plane. Sample 2 i + phase is the sum, row by row, of weight[row][tap] times
// rows[row][i + first[phase] - tap].
struct UpsampledRow {
  const float* const* rows;  // `taps` rows
  int taps;
  const float* weights[2];  // taps x taps for even and odd samples
  int first[2];
  int width;
  float* out;
};

// A row of a layer: out[o] = bias[o] + sum of weight[o][i] in[i], in this order, then + residual[o], then the
// activation, which multiplies negative values by `slope` (1 is no activation).
struct DenseRow {
  const float* const* in;
  int inputs;
  const float* weights;
  const float* biases;
  const float* const* residual;  // may be null
  float slope;                   // 0 is ReLU
  int outputs;
  int width;
  float* const* out;
};

// One plane of a reference picture. Samples (S) are of 8 or 16 bits.
template <class S>
struct ReferencePlane {
  const S* samples;
  ptrdiff_t stride;
};

// A row of samples of one plane: picture = residue + alpha * (beta * warp 0 + (1 - beta) * warp 1), in units
// of a sample. Sample i is at column i << shift, row y of the full-size picture of width x height, to which
// the flows refer; the reference planes are smaller by `shift`.
template <class S>
struct ComposedRow {
  int references;  // 0 to 2
  const float* residue;
  const float* alpha;  // alpha and beta are given before + 1/2 and clamping
  const float* beta;
  const float* flow_x[2];
  const float* flow_y[2];
  float flow_gain;
  ReferencePlane<S> reference[2];
  int shift;
  int width;  // of the full-size picture
  int height;
  int y;
  int count;
  float peak;
  S* out;
};

// The kernels of the Cool-chic decoder for one isa. Every isa gives identical results, floats included,
// because all use single operations in the order of the scalar kernels and never fuse them. Kernels may read
// and write up to kRowSlack elements behind a row.
struct KernelTable {
  // Returns false where a hidden value does not fit 16 bits; the outputs are then undefined.
  bool (*context_wave)(const ContextWave& wave);
  void (*central_intervals)(const CentralIntervals& wave);
  void (*widen_row)(const int16_t* latents, int width, float* out);
  void (*upsample_row)(const UpsampledRow& row);
  void (*dense_row)(const DenseRow& row);
  void (*compose_row_u8)(const ComposedRow<uint8_t>& row);
  void (*compose_row_u16)(const ComposedRow<uint16_t>& row);
};
inline constexpr int kRowSlack = 64;

const KernelTable& kernels(Isa isa);

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
