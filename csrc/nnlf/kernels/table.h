// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/isa.h"

namespace inloop::nnlf {

// A row of 4x4 luma blocks with the network's output for them. Planes are Y, Cb, Cr; strides in samples.
struct ResidualRow {
  const int16_t* coefficients;  // 24 a block
  int blocks;                   // even
  int quantizer;                // 4 to 24
  int shift;                    // from the reconstruction's depth to 14 bit
  const uint16_t* rec[3];
  ptrdiff_t rec_stride[3];
  uint16_t* signal[3];
  ptrdiff_t signal_stride[3];
};

// Every kernel of the filter stage, per ISA level; all levels give identical integers for samples of at most
// 10 bit and signals of at most 14 bit. There is no avx512 level: rows of a block are short, and the stage
// takes a few percent of the network's time.
struct KernelTable {
  // --- pack: six channels a sample of the input: the Hadamard coefficients of 2x2 luma samples, Cb, Cr;
  // shifted left, or right with rounding where a shift is negative.
  void (*pack_row)(const uint16_t* top, const uint16_t* bottom, const uint16_t* cb, const uint16_t* cr,
                   int width, int luma_shift, int chroma_shift, int16_t* out);

  // --- residual: inverse Hadamard transform, added to the reconstruction at 14 bit.
  void (*residual_row)(const ResidualRow& row);

  // --- blend: out = deblocked + (signal - deblocked) * scale / 256 at the picture's depth; scale 0 to 512.
  void (*blend_row)(const uint16_t* dbf, const uint16_t* signal, int width, int scale, int bit_depth,
                    uint16_t* out);
  // Adds to sums the products e e, d e, d d of d = signal - deblocked, e = original - deblocked at 14 bit.
  void (*sums_row)(const uint16_t* dbf, const uint16_t* signal, const uint16_t* original, int width,
                   int bit_depth, int64_t* sums);
};

const KernelTable& kernels(IsaLevel level);

void fill_pack_scalar(KernelTable& table);
void fill_residual_scalar(KernelTable& table);
void fill_blend_scalar(KernelTable& table);
void fill_pack_avx2(KernelTable& table);
void fill_residual_avx2(KernelTable& table);
void fill_blend_avx2(KernelTable& table);

}  // namespace inloop::nnlf
