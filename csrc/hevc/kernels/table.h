// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/isa.h"

namespace inloop::hevc {

// Where the levels of a block that are not zero lie.
struct CodedExtent {
  int count = 0;
  int max_x = 0, max_y = 0;  // last column and row
};

// Every kernel of the codec, per ISA level; all levels give identical integers. Samples are uint16_t at 8 to
// 10 bit. Strides in elements. Arrays are indexed by log2(size) - 2.
struct KernelTable {
  // --- block distance; width and height are multiples of 4 (chroma 2xN never occurs: 4:2:0 blocks are at
  // least 4x4, motion search works on luma).
  uint64_t (*sse)(const uint16_t* a, ptrdiff_t a_stride, const uint16_t* b, ptrdiff_t b_stride, int width,
                  int height);
  uint32_t (*sad)(const uint16_t* a, ptrdiff_t a_stride, const uint16_t* b, ptrdiff_t b_stride, int width,
                  int height);
  // Sum of absolute Hadamard coefficients: 8x8 tiles where both sides are multiples of 8 (each (sum + 2) >>
  // 2), else 4x4 tiles (each (sum + 1) >> 1).
  uint32_t (*satd)(const uint16_t* a, ptrdiff_t a_stride, const uint16_t* b, ptrdiff_t b_stride, int width,
                   int height);

  // --- residual
  // residual = a - b
  void (*subtract)(int16_t* residual, ptrdiff_t residual_stride, const uint16_t* a, ptrdiff_t a_stride,
                   const uint16_t* b, ptrdiff_t b_stride, int width, int height);
  // dst = clip(dst + residual)
  void (*add_residual)(uint16_t* dst, ptrdiff_t dst_stride, const int16_t* residual,
                       ptrdiff_t residual_stride, int width, int height, int bit_depth);

  // --- transforms of dense n x n blocks, n = 4, 8, 16, 32, columns first, in place allowed. max_x, max_y:
  // last column and row with a non-zero coefficient. Forward: |residual| < 2^bit_depth.
  void (*inverse_dct[4])(const int16_t* coeffs, int16_t* residual, int bit_depth, int max_x, int max_y);
  void (*forward_dct[4])(const int16_t* residual, int16_t* coeffs, int bit_depth);
  void (*inverse_dst4)(const int16_t* coeffs, int16_t* residual, int bit_depth);
  void (*forward_dst4)(const int16_t* residual, int16_t* coeffs, int bit_depth);

  // --- quantisation of dense n x n blocks
  // level = sign(c) * min(32767, (|c| * scale + rounding) >> shift); scale < 2^15, rounding < 2^30.
  CodedExtent (*quantize[4])(const int16_t* coeffs, int16_t* levels, uint32_t scale, uint32_t rounding,
                             int shift);
  // c = clip16((level * scale + 2^(shift - 1)) >> shift), or level * scale << -shift where shift <= 0; scale
  // <= 72, shift >= -8, count a multiple of 16, in place allowed.
  void (*dequantize)(const int16_t* levels, int16_t* coeffs, int count, int scale, int shift);

  // --- intra; `line` as in IntraReferences, already smoothed; at least 4 n + 2 readable; n = 4..32
  void (*intra_planar)(const uint16_t* line, uint16_t* dst, ptrdiff_t dst_stride, int n);
  // Modes 2..34, without the edge filters of modes 10 and 26.
  void (*intra_angular)(const uint16_t* line, uint16_t* dst, ptrdiff_t dst_stride, int n, int mode);

  // --- interpolation. fx, fy: luma quarter positions 0..3, chroma eighth positions 0..7. src points at the
  // integer position; the caller guarantees 3 samples left/above and 4 right/below (luma), 1 and 2 (chroma).
  // Luma widths are multiples of 4, chroma widths of 2, both at most 64. uni: rounded and clipped samples;
  // bi: 14-bit intermediates minus 8192 (kIntermediateOffset), without which extreme samples would not fit.
  void (*luma_uni)(const uint16_t* src, ptrdiff_t src_stride, uint16_t* dst, ptrdiff_t dst_stride, int width,
                   int height, int fx, int fy, int bit_depth);
  void (*luma_bi)(const uint16_t* src, ptrdiff_t src_stride, int16_t* dst, ptrdiff_t dst_stride, int width,
                  int height, int fx, int fy, int bit_depth);
  void (*chroma_uni)(const uint16_t* src, ptrdiff_t src_stride, uint16_t* dst, ptrdiff_t dst_stride,
                     int width, int height, int fx, int fy, int bit_depth);
  void (*chroma_bi)(const uint16_t* src, ptrdiff_t src_stride, int16_t* dst, ptrdiff_t dst_stride, int width,
                    int height, int fx, int fy, int bit_depth);
  // Default weighting of two intermediates.
  void (*average_bi)(const int16_t* a, const int16_t* b, ptrdiff_t src_stride, uint16_t* dst,
                     ptrdiff_t dst_stride, int width, int height, int bit_depth);
  // Explicit weighting (8.5.3.3.4.3) of one or two intermediates. offset at the bit depth, log2_wd =
  // log2WD of the standard (>= 4 at up to 10 bit); bi: offset is the sum of both.
  void (*weight_uni)(const int16_t* a, ptrdiff_t src_stride, uint16_t* dst, ptrdiff_t dst_stride, int width,
                     int height, int weight, int offset, int log2_wd, int bit_depth);
  void (*weight_bi)(const int16_t* a, const int16_t* b, ptrdiff_t src_stride, uint16_t* dst,
                    ptrdiff_t dst_stride, int width, int height, int weight_a, int weight_b, int offset,
                    int log2_wd, int bit_depth);

  // --- deblocking of one edge segment: 4 luma lines, `lines` chroma lines. `step` walks across the edge,
  // `line_stride` along it; src points at q0 of the first line. no_p / no_q: that side must stay (pcm or
  // bypass).
  void (*deblock_luma)(uint16_t* src, ptrdiff_t step, ptrdiff_t line_stride, int beta, int tc, bool no_p,
                       bool no_q, int bit_depth);
  void (*deblock_chroma)(uint16_t* src, ptrdiff_t step, ptrdiff_t line_stride, int tc, bool no_p, bool no_q,
                         int bit_depth, int lines);

  // --- SAO of a rectangle. src is the signal before SAO, with one valid sample around it where the class
  // reads it.
  void (*sao_band)(const uint16_t* src, ptrdiff_t src_stride, uint16_t* dst, ptrdiff_t dst_stride, int width,
                   int height, int band_position, const int8_t offset[4], int bit_depth);
  void (*sao_edge)(const uint16_t* src, ptrdiff_t src_stride, uint16_t* dst, ptrdiff_t dst_stride, int width,
                   int height, int eo_class, const int8_t offset[4], int bit_depth);
  // What SAO could mend: samples by category (edge: valley, concave corner, convex corner, peak; band: sample
  // >> (bit_depth - 5)) and their sums of source - rec. At most 4096 samples; rec as src of sao_edge.
  void (*sao_edge_statistics)(const uint16_t* rec, ptrdiff_t rec_stride, const uint16_t* source,
                              ptrdiff_t source_stride, int width, int height, int eo_class, int32_t count[4],
                              int32_t error[4]);
  void (*sao_band_statistics)(const uint16_t* rec, ptrdiff_t rec_stride, const uint16_t* source,
                              ptrdiff_t source_stride, int width, int height, int bit_depth,
                              int32_t count[32], int32_t error[32]);
};

const KernelTable& kernels(IsaLevel level);

// One filler per group of kernels and level; a level starts from the table of the level below.
void fill_distance_scalar(KernelTable& table);
void fill_residual_scalar(KernelTable& table);
void fill_transform_scalar(KernelTable& table);
void fill_quantization_scalar(KernelTable& table);
void fill_intra_scalar(KernelTable& table);
void fill_interpolation_scalar(KernelTable& table);
void fill_deblock_scalar(KernelTable& table);
void fill_sao_scalar(KernelTable& table);
#if defined(__x86_64__)
void fill_distance_avx2(KernelTable& table);
void fill_residual_avx2(KernelTable& table);
void fill_transform_avx2(KernelTable& table);
void fill_quantization_avx2(KernelTable& table);
void fill_intra_avx2(KernelTable& table);
void fill_interpolation_avx2(KernelTable& table);
void fill_deblock_avx2(KernelTable& table);
void fill_sao_avx2(KernelTable& table);
#endif

}  // namespace inloop::hevc
