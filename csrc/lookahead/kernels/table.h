// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/isa.h"

namespace inloop::lookahead {

// The kernels of the lookahead for one isa; every isa gives identical integers. Low-resolution samples have 8
// bits whatever the depth of the source; blocks are 8x8 and strides count elements. There are no avx512
// kernels, because a row of a block fills only an eighth of a register.
struct KernelTable {
  // Resampling: dst has width x height samples, each the rounded mean of 2x2 samples of src, reduced from 8 +
  // shift bits to 8.
  void (*halve_u8)(const uint8_t* src, ptrdiff_t src_stride, uint8_t* dst, ptrdiff_t dst_stride, int width,
                   int height);
  void (*halve_u16)(const uint16_t* src, ptrdiff_t src_stride, uint8_t* dst, ptrdiff_t dst_stride, int width,
                    int height, int shift);
  // Writes to dst (dense 8x8) src displaced by half a sample to the right and/or down: rounded means of 2 or
  // 4 neighbours, or a copy without displacement. `right` and `down` are 0 or 1.
  void (*half_pel8x8)(const uint8_t* src, ptrdiff_t stride, int right, int down, uint8_t* dst);
  // dst = (a + b + 1) >> 1, all dense 8x8.
  void (*average8x8)(const uint8_t* a, const uint8_t* b, uint8_t* dst);

  // Distances of two 8x8 blocks.
  uint32_t (*sad8x8)(const uint8_t* a, ptrdiff_t a_stride, const uint8_t* b, ptrdiff_t b_stride);
  // Returns (sum of absolute Hadamard coefficients + 2) >> 2.
  uint32_t (*satd8x8)(const uint8_t* a, ptrdiff_t a_stride, const uint8_t* b, ptrdiff_t b_stride);
};

const KernelTable& kernels(Isa isa);

void fill_resample_scalar(KernelTable& table);
void fill_distance_scalar(KernelTable& table);
void fill_resample_avx2(KernelTable& table);
void fill_distance_avx2(KernelTable& table);
void fill_distance_neon(KernelTable& table);

}  // namespace inloop::lookahead
