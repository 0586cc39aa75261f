// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <vector>

namespace inloop::coolchic {

// The values are the numbers of references.
enum class PictureType { intra = 0, p = 1, b = 2 };

// A place in the coding order. References are display indices, of the earlier picture first.
struct PlannedPicture {
  int display_index = 0;
  int depth = 0;  // 0 for intra, 1 for P, 2 and above for B
  PictureType type = PictureType::intra;
  std::array<int, 2> references{};
};

// Returns the pictures of a group in coding order: an intra picture, then chains of `p_period` pictures, each
// from low to high depth and within a depth by time. p_period is a power of two that divides intra_period, or
// both are 0.
std::vector<PlannedPicture> coding_order(int intra_period, int p_period);

// Returns, for every place of the coding order, the last place that refers to its picture, or itself if there
// is none.
std::vector<int> last_uses(const std::vector<PlannedPicture>& plan);

// Returns the most pictures that are kept at a time if each is shown in display order and dropped after its
// last use.
int most_held(const std::vector<PlannedPicture>& plan);

}  // namespace inloop::coolchic
