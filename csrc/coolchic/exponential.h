// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace inloop::coolchic {

// Returns exp(-z), 0 <= z <= 700, to the nearest double. It is computed with twice the digits of a double in
// a fixed order of single operations, so that it is the same on every machine, whatever its C library.
double exp_of_negative(double z);

}  // namespace inloop::coolchic
