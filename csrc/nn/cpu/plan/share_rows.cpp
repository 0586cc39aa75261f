// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <iterator>

#include "nn/cpu/plan/plan.h"

namespace inloop::nn {
namespace {

constexpr size_t kMaxPlaces = 16;  // places that one buffer is compared with
// Limits the rows that are looked at, and so the time for any network.
constexpr size_t kMaxWork = size_t{1} << 25;

// With several stripes the columns beside the picture are zeroed with every row; with one they keep their
// values.
bool same_form(const Buffer& a, const Buffer& b, bool stripes) {
  return a.pitch == b.pitch &&
         (stripes || (a.width == b.width && a.columns == b.columns && a.origin == b.origin));
}

// Both lists are in order.
bool never_together(const std::vector<Lifetime>& a, const std::vector<Lifetime>& b) {
  auto x = a.begin();
  for (const Lifetime& y : b) {
    while (x != a.end() && x->end < y.begin) ++x;
    if (x != a.end() && x->begin <= y.end) return false;
  }
  return true;
}

std::vector<Lifetime> merged(const std::vector<Lifetime>& a, const std::vector<Lifetime>& b) {
  std::vector<Lifetime> all;
  std::merge(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(all),
             [](const Lifetime& x, const Lifetime& y) { return x.begin < y.begin; });
  return all;
}

struct Place {
  int buffer;  // the first buffer in this place
  std::vector<Lifetime> lifetimes;
};

}  // namespace

// Most rows are read by the event that follows them. The wide rows between two convolutions of a chain
// therefore fit in one place, which stays in the L1 cache.
void share_rows(Plan& plan) {
  std::vector<Place> places;
  size_t work = 0;
  for (size_t i = 0; i < plan.buffers.size(); ++i) {
    Buffer& buffer = plan.buffers[i];
    if (buffer.lifetimes.empty() || work > kMaxWork) continue;
    const auto fits = [&](const Place& place) {
      work += place.lifetimes.size() + buffer.lifetimes.size();
      return same_form(buffer, plan.buffers[static_cast<size_t>(place.buffer)], plan.stripe_count > 1) &&
             never_together(place.lifetimes, buffer.lifetimes);
    };
    const auto found = std::find_if(places.begin(), places.end(), fits);
    if (found != places.end()) {
      Buffer& first = plan.buffers[static_cast<size_t>(found->buffer)];
      buffer.shares = found->buffer;
      first.columns = std::max(first.columns, buffer.columns);
      found->lifetimes = merged(found->lifetimes, buffer.lifetimes);
    } else if (places.size() < kMaxPlaces) {
      places.push_back({static_cast<int>(i), buffer.lifetimes});
    }
  }
}

}  // namespace inloop::nn
