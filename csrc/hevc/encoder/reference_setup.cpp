// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/encoder/reference_setup.h"

#include <algorithm>
#include <cstdlib>

namespace inloop::hevc {
namespace {

bool contains(const std::vector<int>& values, int wanted) {
  return std::find(values.begin(), values.end(), wanted) != values.end();
}

}  // namespace

ShortTermRps make_rps(int poc, std::vector<int> kept, const std::vector<int>& used) {
  ShortTermRps rps;
  std::sort(kept.begin(), kept.end());
  for (auto it = kept.rbegin(); it != kept.rend(); ++it) {
    if (*it >= poc) continue;
    const auto i = static_cast<size_t>(rps.num_negative_pics++);
    rps.delta_poc_s0[i] = *it - poc;
    rps.used_s0[i] = contains(used, *it);
  }
  for (int other : kept) {
    if (other <= poc) continue;
    const auto i = static_cast<size_t>(rps.num_positive_pics++);
    rps.delta_poc_s1[i] = other - poc;
    rps.used_s1[i] = contains(used, other);
  }
  return rps;
}

std::vector<int> initial_list(int poc, std::vector<int> used, int list, int active) {
  std::sort(used.begin(), used.end(), [&](int a, int b) {
    const bool a_first = (a < poc) == (list == 0), b_first = (b < poc) == (list == 0);
    if (a_first != b_first) return a_first;
    return std::abs(a - poc) < std::abs(b - poc);
  });
  if (active > 0 && used.size() > static_cast<size_t>(active)) used.resize(static_cast<size_t>(active));
  return used;
}

}  // namespace inloop::hevc
