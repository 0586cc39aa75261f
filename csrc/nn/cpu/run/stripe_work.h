// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>

#include "nn/cpu/plan/plan.h"

namespace inloop::nn {

// Pixels of a slot that a stripe keeps for the next one, or has from the one before: so many elements from
// the row's place, every `pitch` so many channels of a pixel.
struct KeptPixels {
  ptrdiff_t place = 0, pitch = 0;
  int count = 0, channels = 0;
};

// What a row of a view needs in a stripe besides its computation. Pixels beside the picture are zeros.
struct SlotWork {
  const size_t* row_places = nullptr;  // in the arena
  KeptPixels left, right, restored, kept;
};

struct StripeWork {
  bool compute = false;
  bool restore = false, keep = false;  // anything for the two:
  SlotWork out, raw;
};

// Nothing for a step that has no columns in the stripe.
StripeWork stripe_work(const Plan& plan, const Step& step, int stripe);

// Makes a row's columns valid around those that the step is about to compute: zeros beside the picture, and
// what the stripe before left.
template <class T>
void restore_row(T* arena, const StripeWork& work, int y, const T* kept);

// Saves the columns that the next stripe reads to the left of its own.
template <class T>
void keep_row(const T* arena, const StripeWork& work, int y, T* kept);

}  // namespace inloop::nn
