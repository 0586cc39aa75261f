// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "hevc/syntax/parameter_sets.h"

namespace inloop::hevc {

// Returns the reference picture set of a picture that keeps the pictures `kept` (POCs, those of `used` among
// them) and predicts from `used`. Both halves of the set start with the nearest picture.
ShortTermRps make_rps(int poc, std::vector<int> kept, const std::vector<int>& used);

// Returns the POCs of the initial reference list (8.3.4). List 0 takes the earlier pictures first and then
// the later ones, list 1 the other way round; at most `active` entries are returned, or all where it is 0.
std::vector<int> initial_list(int poc, std::vector<int> used, int list, int active);

}  // namespace inloop::hevc
