// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/isa.h"

namespace inloop::hevc {

// Says where the non-zero levels of a block lie.
struct CodedExtent {
  int count = 0;
  int max_x = 0, max_y = 0;  // the last column and the last row
};

// All kernels of the codec for one isa. Every isa gives identical integers. Samples are uint16_t with 8 to 10
// bits, strides count elements, and arrays are indexed by log2(size) - 2.
struct KernelTable {
  // --- Distances of blocks. Width and height are multiples of 4. Chroma of 2xN never occurs, because blocks
  // have at least 4x4 chroma samples in 4:2:0 and motion search works on luma.
  uint64_t (*sse)(const uint16_t* a, ptrdiff_t a_stride, const uint16_t* b, ptrdiff_t b_stride, int width,
                  int height);
  uint32_t (*sad)(const uint16_t* a, ptrdiff_t a_stride, const uint16_t* b, ptrdiff_t b_stride, int width,
                  int height);
  // Sum of absolute Hadamard coefficients. The tiles are 8x8 where both sides are multiples of 8, each giving
  // (sum + 2) >> 2, otherwise 4x4, each giving (sum + 1) >> 1.
  uint32_t (*satd)(const uint16_t* a, ptrdiff_t a_stride, const uint16_t* b, ptrdiff_t b_stride, int width,
                   int height);

  // --- Residual.
  // Sets residual = a - b.
  void (*subtract)(int16_t* residual, ptrdiff_t residual_stride, const uint16_t* a, ptrdiff_t a_stride,
                   const uint16_t* b, ptrdiff_t b_stride, int width, int height);
  // Sets dst = clip(dst + residual).
  void (*add_residual)(uint16_t* dst, ptrdiff_t dst_stride, const int16_t* residual,
                       ptrdiff_t residual_stride, int width, int height, int bit_depth);

  // --- Transforms of dense n x n blocks, n = 4, 8, 16, 32. They transform columns first and may work in
  // place. max_x and max_y are the last column and row with a non-zero coefficient. The forward transforms
  // need |residual| < 2^bit_depth.
  void (*inverse_dct[4])(const int16_t* coeffs, int16_t* residual, int bit_depth, int max_x, int max_y);
  void (*forward_dct[4])(const int16_t* residual, int16_t* coeffs, int bit_depth);
  void (*inverse_dst4)(const int16_t* coeffs, int16_t* residual, int bit_depth);
  void (*forward_dst4)(const int16_t* residual, int16_t* coeffs, int bit_depth);

  // --- Quantisation of dense n x n blocks.
  // Sets level = sign(c) * min(32767, (|c| * scale + rounding) >> shift), with scale < 2^15, rounding < 2^30.
  CodedExtent (*quantize[4])(const int16_t* coeffs, int16_t* levels, uint32_t scale, uint32_t rounding,
                             int shift);
  // Sets c = clip16((level * scale + 2^(shift - 1)) >> shift), or level * scale << -shift where shift <= 0.
  // The scale is at most 72, the shift at least -8 and the count a multiple of 16. It may work in place.
  void (*dequantize)(const int16_t* levels, int16_t* coeffs, int count, int scale, int shift);

  // --- Intra prediction. `line` is as in IntraReferences and already smoothed. At least 4 n + 2 samples of
  // it are readable, n = 4..32.
  void (*intra_planar)(const uint16_t* line, uint16_t* dst, ptrdiff_t dst_stride, int n);
  // Predicts modes 2..34, without the edge filters of modes 10 and 26.
  void (*intra_angular)(const uint16_t* line, uint16_t* dst, ptrdiff_t dst_stride, int n, int mode);

  // --- Interpolation. fx and fy are quarter positions 0..3 for luma and eighth positions 0..7 for chroma.
  // src points at the integer position. The caller guarantees 3 samples on the left and above and 4 on the
  // right and below for luma, 1 and 2 for chroma. Luma widths are multiples of 4, chroma widths of 2, and
  // both are at most 64. The uni kernels write rounded and clipped samples. The bi kernels write 14-bit
  // intermediates minus 8192 (kIntermediateOffset), because extreme samples would not fit otherwise.
  void (*luma_uni)(const uint16_t* src, ptrdiff_t src_stride, uint16_t* dst, ptrdiff_t dst_stride, int width,
                   int height, int fx, int fy, int bit_depth);
  void (*luma_bi)(const uint16_t* src, ptrdiff_t src_stride, int16_t* dst, ptrdiff_t dst_stride, int width,
                  int height, int fx, int fy, int bit_depth);
  void (*chroma_uni)(const uint16_t* src, ptrdiff_t src_stride, uint16_t* dst, ptrdiff_t dst_stride,
                     int width, int height, int fx, int fy, int bit_depth);
  void (*chroma_bi)(const uint16_t* src, ptrdiff_t src_stride, int16_t* dst, ptrdiff_t dst_stride, int width,
                    int height, int fx, int fy, int bit_depth);
  // Averages two intermediates (default weighting).
  void (*average_bi)(const int16_t* a, const int16_t* b, ptrdiff_t src_stride, uint16_t* dst,
                     ptrdiff_t dst_stride, int width, int height, int bit_depth);
  // Weights one or two intermediates explicitly (8.5.3.3.4.3). The offset is at the bit depth, and log2_wd is
  // log2WD of the standard, which is at least 4 at up to 10 bits. The offset of weight_bi is the sum of both.
  void (*weight_uni)(const int16_t* a, ptrdiff_t src_stride, uint16_t* dst, ptrdiff_t dst_stride, int width,
                     int height, int weight, int offset, int log2_wd, int bit_depth);
  void (*weight_bi)(const int16_t* a, const int16_t* b, ptrdiff_t src_stride, uint16_t* dst,
                    ptrdiff_t dst_stride, int width, int height, int weight_a, int weight_b, int offset,
                    int log2_wd, int bit_depth);

  // --- Deblocking of one edge segment, which has 4 luma lines or `lines` chroma lines. `step` leads across
  // the edge, `line_stride` along it, and src points at q0 of the first line. no_p and no_q say that a side
  // must stay as it is (pcm or bypass).
  void (*deblock_luma)(uint16_t* src, ptrdiff_t step, ptrdiff_t line_stride, int beta, int tc, bool no_p,
                       bool no_q, int bit_depth);
  void (*deblock_chroma)(uint16_t* src, ptrdiff_t step, ptrdiff_t line_stride, int tc, bool no_p, bool no_q,
                         int bit_depth, int lines);

  // --- SAO of a rectangle. src is the signal before SAO, with one valid sample around the rectangle where
  // the class reads it.
  void (*sao_band)(const uint16_t* src, ptrdiff_t src_stride, uint16_t* dst, ptrdiff_t dst_stride, int width,
                   int height, int band_position, const int8_t offset[4], int bit_depth);
  void (*sao_edge)(const uint16_t* src, ptrdiff_t src_stride, uint16_t* dst, ptrdiff_t dst_stride, int width,
                   int height, int eo_class, const int8_t offset[4], int bit_depth);
  // Collect what SAO could correct: the number of samples of each category (for edges valley, concave corner,
  // convex corner, peak, for bands sample >> (bit_depth - 5)) and their sums of source - rec. There are at
  // most 4096 samples, and rec is as src of sao_edge.
  void (*sao_edge_statistics)(const uint16_t* rec, ptrdiff_t rec_stride, const uint16_t* source,
                              ptrdiff_t source_stride, int width, int height, int eo_class, int32_t count[4],
                              int32_t error[4]);
  void (*sao_band_statistics)(const uint16_t* rec, ptrdiff_t rec_stride, const uint16_t* source,
                              ptrdiff_t source_stride, int width, int height, int bit_depth,
                              int32_t count[32], int32_t error[32]);
};

const KernelTable& kernels(Isa isa);

// Each function fills in one group of kernels for one isa. The table of an isa starts as the table of the
// next lower isa.
void fill_distance_scalar(KernelTable& table);
void fill_residual_scalar(KernelTable& table);
void fill_transform_scalar(KernelTable& table);
void fill_quantization_scalar(KernelTable& table);
void fill_intra_scalar(KernelTable& table);
void fill_interpolation_scalar(KernelTable& table);
void fill_deblock_scalar(KernelTable& table);
void fill_sao_scalar(KernelTable& table);
#if INLOOP_HAS_AVX2
void fill_distance_avx2(KernelTable& table);
void fill_residual_avx2(KernelTable& table);
void fill_transform_avx2(KernelTable& table);
void fill_quantization_avx2(KernelTable& table);
void fill_intra_avx2(KernelTable& table);
void fill_interpolation_avx2(KernelTable& table);
void fill_deblock_avx2(KernelTable& table);
void fill_sao_avx2(KernelTable& table);
void fill_interpolation_avx512(KernelTable& table);
#endif
#if INLOOP_HAS_NEON
void fill_distance_neon(KernelTable& table);
void fill_residual_neon(KernelTable& table);
void fill_transform_neon(KernelTable& table);
void fill_interpolation_neon(KernelTable& table);
#endif

}  // namespace inloop::hevc
