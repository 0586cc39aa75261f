// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

namespace inloop::codec {

// Scalar quantisation with a dead zone: rounding 171/512 for intra, 85/512 for inter blocks. qp is Qp' (with
// QpBdOffset). Returns the number of non-zero levels. coeffs and levels are dense n x n blocks.
int quantize(const int16_t* coeffs, int16_t* levels, int log2_size, int qp, int bit_depth, bool intra);

}  // namespace inloop::codec
