// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "nn/cpu/plan/plan.h"

namespace inloop::nn {

// Returns where row y of a view begins in the arena, in elements. A row outside the buffer is the row of
// zeros.
size_t row_place(const Plan& plan, const View& view, int y);

// Returns the places of the rows of all events of convolutions, in the order of the schedule. Each event has
// the rows of its window and of its result, then, where they exist, those of its result before the activation
// and of what is added to it. They are the same in every stripe.
std::vector<uint32_t> row_places(const Plan& plan);

}  // namespace inloop::nn
