// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

#include "hevc/kernels/table.h"
#include "hevc/syntax/parameter_sets.h"

namespace inloop::hevc {

// Returns Qp'C = QpC + QpBdOffsetC (Table 8-10, 4:2:0) for the luma QP (without QpBdOffset) and the sum of
// the chroma offsets of PPS and slice.
int chroma_qp(int qp_y, int offset, int bit_depth);

// Scales the levels of a dense n x n block to coefficients with flat scaling factors (8.6.4.2); it may work
// in place. qp is Qp', which includes QpBdOffset.
void dequantize(const KernelTable& kernels, const int16_t* levels, int16_t* coeffs, int log2_size, int qp,
                int bit_depth);

enum class TransformKind : uint8_t { dct, dst4, skip, bypass };

// Transforms scaled coefficients to a residual; both are dense n x n blocks and may be the same. max_x and
// max_y are the last column and row that hold a non-zero coefficient, which allows partial transforms; n - 1
// is always right. Residuals saturate at 16 bits, which never changes a reconstructed sample.
void inverse_transform(const KernelTable& kernels, const int16_t* coeffs, int16_t* residual, int log2_size,
                       TransformKind kind, int bit_depth, int max_x, int max_y);

// Transforms a residual to coefficients with the usual normalisation of an encoder (the transform has a gain
// of 2^(15 - bit_depth - log2_size)). The kind is dct, dst4, skip or bypass.
void forward_transform(const KernelTable& kernels, const int16_t* residual, int16_t* coeffs, int log2_size,
                       TransformKind kind, int bit_depth);

}  // namespace inloop::hevc
