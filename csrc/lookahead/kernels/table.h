// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/isa.h"

namespace inloop::lookahead {

// Every kernel of the lookahead, per ISA level; all levels give identical integers. Low-resolution samples
// are 8 bit whatever the source's depth; blocks are 8x8. Strides in elements. There is no avx512 level: a row
// of a block fills an eighth of its registers.
struct KernelTable {
  // --- resample: dst has width x height samples, each the rounded mean of 2x2 samples of src, brought from
  // 8 + shift bits to 8.
  void (*halve_u8)(const uint8_t* src, ptrdiff_t src_stride, uint8_t* dst, ptrdiff_t dst_stride, int width,
                   int height);
  void (*halve_u16)(const uint16_t* src, ptrdiff_t src_stride, uint8_t* dst, ptrdiff_t dst_stride, int width,
                    int height, int shift);
  // dst (dense 8x8) = src displaced by half a sample to the right and/or down: rounded means of 2 or 4
  // neighbours, a copy with neither. right, down: 0 or 1.
  void (*half_pel8x8)(const uint8_t* src, ptrdiff_t stride, int right, int down, uint8_t* dst);
  // dst = (a + b + 1) >> 1, all dense 8x8.
  void (*average8x8)(const uint8_t* a, const uint8_t* b, uint8_t* dst);

  // --- distance
  uint32_t (*sad8x8)(const uint8_t* a, ptrdiff_t a_stride, const uint8_t* b, ptrdiff_t b_stride);
  // (sum of absolute Hadamard coefficients + 2) >> 2
  uint32_t (*satd8x8)(const uint8_t* a, ptrdiff_t a_stride, const uint8_t* b, ptrdiff_t b_stride);
};

const KernelTable& kernels(IsaLevel level);

void fill_resample_scalar(KernelTable& table);
void fill_distance_scalar(KernelTable& table);
void fill_resample_avx2(KernelTable& table);
void fill_distance_avx2(KernelTable& table);

}  // namespace inloop::lookahead
