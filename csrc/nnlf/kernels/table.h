// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/isa.h"

namespace inloop::nnlf {

// A row of 4x4 luma blocks with the network's output for them. The planes are Y, Cb, Cr; strides count
// samples.
struct ResidualRow {
  const int16_t* coefficients;  // 24 per block
  int blocks;                   // even
  int quantizer;                // 4 to 24
  int shift;                    // from the depth of the reconstruction to 14 bit
  const uint16_t* rec[3];
  ptrdiff_t rec_stride[3];
  uint16_t* signal[3];
  ptrdiff_t signal_stride[3];
};

// The kernels of the filter for one isa; every isa gives identical integers for samples of at most 10 bit and
// signals of at most 14 bit. There are no avx512 kernels, because rows of a block are short and this work
// takes only a few percent of the network's time.
struct KernelTable {
  // Packing: writes six channels per sample of the input, which are the Hadamard coefficients of 2x2 luma
  // samples, Cb and Cr. They are shifted to the left or, where a shift is negative, to the right with
  // rounding.
  void (*pack_row)(const uint16_t* top, const uint16_t* bottom, const uint16_t* cb, const uint16_t* cr,
                   int width, int luma_shift, int chroma_shift, int16_t* out);

  // Residual: adds the inverse Hadamard transform to the reconstruction at 14 bit.
  void (*residual_row)(const ResidualRow& row);

  // Blending: out = deblocked + (signal - deblocked) * scale / 256, rounded to the depth of the picture;
  // scale is 0 to 512.
  void (*blend_row)(const uint16_t* dbf, const uint16_t* signal, int width, int scale, int bit_depth,
                    uint16_t* out);
  // Adds to `sums` the products e e, d e, d d of d = signal - deblocked and e = original - deblocked at 14
  // bit.
  void (*sums_row)(const uint16_t* dbf, const uint16_t* signal, const uint16_t* original, int width,
                   int bit_depth, int64_t* sums);
};

const KernelTable& kernels(Isa isa);

void fill_pack_scalar(KernelTable& table);
void fill_residual_scalar(KernelTable& table);
void fill_blend_scalar(KernelTable& table);
void fill_pack_avx2(KernelTable& table);
void fill_residual_avx2(KernelTable& table);
void fill_blend_avx2(KernelTable& table);

}  // namespace inloop::nnlf
