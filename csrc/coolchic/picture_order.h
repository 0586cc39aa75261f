// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <vector>

namespace inloop::coolchic {

// Values are numbers of references.
enum class PictureType { intra = 0, p = 1, b = 2 };

// A place in the coding order. References are display indices: the earlier picture first.
struct PlannedPicture {
  int display_index = 0;
  int depth = 0;  // 0 intra, 1 P, 2 and above B
  PictureType type = PictureType::intra;
  std::array<int, 2> references{};
};

// The pictures of a group in coding order: an intra picture, then chains of `p_period` pictures, each from
// low depth to high and within a depth by time. p_period is a power of two that divides intra_period, or both
// are 0.
std::vector<PlannedPicture> coding_order(int intra_period, int p_period);

// For every place of the coding order the last one that refers to its picture (itself without one).
std::vector<int> last_uses(const std::vector<PlannedPicture>& plan);

// The most pictures that are kept at a time when each is given away in display order and dropped after its
// last use.
int most_held(const std::vector<PlannedPicture>& plan);

}  // namespace inloop::coolchic
