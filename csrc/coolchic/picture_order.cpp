// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "coolchic/picture_order.h"

#include <algorithm>
#include <bit>
#include <cstddef>

namespace inloop::coolchic {
namespace {

PlannedPicture planned(int chain_start, int i, int p_period) {
  const auto trailing = std::countr_zero(static_cast<unsigned>(i));
  const int whole = std::countr_zero(static_cast<unsigned>(p_period));
  const int depth = 1 + whole - std::min(trailing, whole);
  const int distance = p_period >> (depth - 1);
  const int display = chain_start + i;
  if (i == p_period) return {display, depth, PictureType::p, {display - p_period, 0}};
  return {display, depth, PictureType::b, {display - distance, display + distance}};
}

}  // namespace

std::vector<PlannedPicture> coding_order(int intra_period, int p_period) {
  std::vector<PlannedPicture> plan = {{}};
  for (int start = 0; start < intra_period; start += p_period) {
    const auto first = static_cast<ptrdiff_t>(plan.size());
    for (int i = 1; i <= p_period; ++i) plan.push_back(planned(start, i, p_period));
    std::stable_sort(plan.begin() + first, plan.end(),
                     [](const PlannedPicture& a, const PlannedPicture& b) { return a.depth < b.depth; });
  }
  return plan;
}

std::vector<int> last_uses(const std::vector<PlannedPicture>& plan) {
  std::vector<int> place_of(plan.size()), last(plan.size());
  for (size_t place = 0; place < plan.size(); ++place) {
    const PlannedPicture& picture = plan[place];
    place_of[static_cast<size_t>(picture.display_index)] = static_cast<int>(place);
    last[place] = static_cast<int>(place);
    for (int r = 0; r < static_cast<int>(picture.type); ++r) {
      const int reference = picture.references[static_cast<size_t>(r)];
      last[static_cast<size_t>(place_of[static_cast<size_t>(reference)])] = static_cast<int>(place);
    }
  }
  return last;
}

int most_held(const std::vector<PlannedPicture>& plan) {
  const std::vector<int> last = last_uses(plan);
  std::vector<bool> decoded(plan.size());
  size_t shown = 0;
  int most = 0;
  for (size_t place = 0; place < plan.size(); ++place) {
    decoded[static_cast<size_t>(plan[place].display_index)] = true;
    int held = 0;
    for (size_t earlier = 0; earlier <= place; ++earlier) {
      const bool waits = static_cast<size_t>(plan[earlier].display_index) >= shown;
      held += waits || last[earlier] >= static_cast<int>(place);
    }
    while (shown < plan.size() && decoded[shown]) ++shown;
    most = std::max(most, held);
  }
  return most;
}

}  // namespace inloop::coolchic
