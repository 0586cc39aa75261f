// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

#include "hevc/kernels/table.h"
#include "hevc/syntax/parameter_sets.h"

namespace inloop::hevc {

// Chroma QP from luma QP (without QpBdOffset) and the sum of the offsets of PPS and slice (Table 8-10,
// 4:2:0). Returns Qp'C = QpC + QpBdOffsetC, ready for scaling.
int chroma_qp(int qp_y, int offset, int bit_depth);

// Levels of a dense n x n block to coefficients with flat scaling factors (8.6.4.2), in place allowed. qp is
// Qp' (QpBdOffset included).
void dequantize(const KernelTable& kernels, const int16_t* levels, int16_t* coeffs, int log2_size, int qp,
                int bit_depth);

enum class TransformKind : uint8_t { dct, dst4, skip, bypass };

// Coefficients (scaled) to residual, in place allowed; dense n x n. max_x/max_y: the last column/row that
// holds a non-zero coefficient (allows partial transforms; pass n - 1 when unknown). Residuals saturate at 16
// bits, which no reconstruction can tell.
void inverse_transform(const KernelTable& kernels, const int16_t* coeffs, int16_t* residual, int log2_size,
                       TransformKind kind, int bit_depth, int max_x, int max_y);

// Residual to coefficients with the usual encoder normalisation (transform gain 2^(15 - bit_depth -
// log2_size)); dct, dst4 or skip.
void forward_transform(const KernelTable& kernels, const int16_t* residual, int16_t* coeffs, int log2_size,
                       TransformKind kind, int bit_depth);

}  // namespace inloop::hevc
