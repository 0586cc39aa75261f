// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "hevc/syntax/parameter_sets.h"

namespace inloop::hevc {

// The reference picture set of a picture that keeps `kept` (POCs, `used` among them) and predicts from
// `used`; nearest first on both sides.
ShortTermRps make_rps(int poc, std::vector<int> kept, const std::vector<int>& used);

// POCs of the initial reference list (8.3.4): list 0 backwards then forwards in time, list 1 the other way
// round, at most `active` entries (0: all).
std::vector<int> initial_list(int poc, std::vector<int> used, int list, int active);

}  // namespace inloop::hevc
