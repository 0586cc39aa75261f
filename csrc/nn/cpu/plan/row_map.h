// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "nn/cpu/plan/plan.h"

namespace inloop::nn {

// The rows of operand `index`, of that shape, which a row of a layer's result reads.
RowMap row_map(const Layer& layer, size_t index, const Shape& in);

// The columns that a column of it reads.
RowMap column_map(const Layer& layer, size_t index, const Shape& in);

// Operands whose rows a layer reads: expand looks at the second one's size only.
size_t operand_count(const Layer& layer);

}  // namespace inloop::nn
