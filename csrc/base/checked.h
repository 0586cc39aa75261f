// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <initializer_list>
#include <limits>

namespace inloop {

// The product of sizes that a file claims, none below 0: the largest number where it would be larger, so that a bound
// refuses it.
constexpr int64_t saturated_product(std::initializer_list<int64_t> sizes) {
  int64_t product = 1;
  for (const int64_t size : sizes) {
    if (size <= 0) return 0;
    product = product > std::numeric_limits<int64_t>::max() / size ? std::numeric_limits<int64_t>::max()
                                                                   : product * size;
  }
  return product;
}

// The same for counts that are ints.
constexpr int saturated_count(std::initializer_list<int64_t> sizes) {
  const int64_t product = saturated_product(sizes);
  constexpr int kMost = std::numeric_limits<int>::max();
  return product > kMost ? kMost : static_cast<int>(product);
}

}  // namespace inloop
