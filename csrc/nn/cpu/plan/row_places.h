// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "nn/cpu/plan/plan.h"

namespace inloop::nn {

// Where row y of a view begins in the arena, in elements; a row outside of the buffer is the row of zeros.
size_t row_place(const Plan& plan, const View& view, int y);

// Places of the rows of all convolutions' events in the order of the schedule. A row has those of its window,
// its result, then its result before the activation and what is added to it where it has them. They are the
// same in every stripe.
std::vector<uint32_t> row_places(const Plan& plan);

}  // namespace inloop::nn
