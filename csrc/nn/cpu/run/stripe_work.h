// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>

#include "nn/cpu/plan/plan.h"

namespace inloop::nn {

// Pixels of a slot that a stripe keeps for the next one or has from the one before. They begin `place`
// elements after the place of the row, lie `pitch` elements apart, and have `channels` channels each.
struct KeptPixels {
  ptrdiff_t place = 0, pitch = 0;
  int count = 0, channels = 0;
};

// What a row of a view needs in a stripe besides its computation. Pixels beside the picture are zeros.
struct SlotWork {
  const size_t* row_places = nullptr;  // places in the arena
  KeptPixels left, right, restored, kept;
};

struct StripeWork {
  bool compute = false;
  bool restore = false, keep = false;  // whether restore_row() or keep_row() has anything to do
  SlotWork out, raw;
};

// Returns no work for a step that has no columns in the stripe.
StripeWork stripe_work(const Plan& plan, const Step& step, int stripe);

// Makes the columns of a row valid around those that the step is about to compute: zeros beside the picture,
// and what the stripe before left.
template <class T>
void restore_row(T* arena, const StripeWork& work, int y, const T* kept);

// Saves the columns that the next stripe reads to the left of its own.
template <class T>
void keep_row(const T* arena, const StripeWork& work, int y, T* kept);

}  // namespace inloop::nn
