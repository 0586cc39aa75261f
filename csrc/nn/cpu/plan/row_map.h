// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "nn/cpu/plan/plan.h"

namespace inloop::nn {

// Returns the rows of operand `index`, which has the shape `in`, that a row of a layer's result reads.
RowMap row_map(const Layer& layer, size_t index, const Shape& in);

// Returns the columns of it that a column of the result reads.
RowMap column_map(const Layer& layer, size_t index, const Shape& in);

// Returns the number of operands whose rows a layer reads; expand uses only the size of its second one.
size_t operand_count(const Layer& layer);

}  // namespace inloop::nn
