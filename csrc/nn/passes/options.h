// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace inloop::nn {

// Switches of the passes. Results never depend on them: tests prove it, and benchmarks measure what each one
// gains.
struct PlanOptions {
  bool fuse = true;             // fuses bias, addition and activation into the convolution before them
  bool fold_bias = true;        // starts the sum with the bias where bounds prove it equal
  bool concat_in_place = true;  // produces operands where the concatenation wants them
  bool merge_heads = true;      // merges 1x1 convolutions of narrow inputs that meet in a concatenation
  bool strip_channels = true;   // removes channels that are always zero
  bool uniform_inputs = true;   // copies planes of a single value once, not row by row
  bool fold_planes = true;      // computes their part of the sums of 1x1 convolutions only once
  bool skip_zero_taps = true;   // leaves out the zeros between the taps of a dilated convolution
  bool split_groups = true;     // runs grouped convolutions group by group
  bool winograd = true;         // runs 3x3 convolutions with fewer products where the values allow it
  bool share_rows = true;       // puts rows that never exist at the same time in one place
  bool stripes = true;          // runs wide inputs in stripes of columns whose rows stay in the cache
  int stripe_columns = 0;       // columns of the widest output per stripe; 0 derives them from the cache
};

struct PassSwitch {
  const char* name;
  bool PlanOptions::* flag;
};
inline constexpr PassSwitch kPassSwitches[] = {
    {"fuse", &PlanOptions::fuse},
    {"fold_bias", &PlanOptions::fold_bias},
    {"concat_in_place", &PlanOptions::concat_in_place},
    {"merge_heads", &PlanOptions::merge_heads},
    {"strip_channels", &PlanOptions::strip_channels},
    {"uniform_inputs", &PlanOptions::uniform_inputs},
    {"fold_planes", &PlanOptions::fold_planes},
    {"skip_zero_taps", &PlanOptions::skip_zero_taps},
    {"split_groups", &PlanOptions::split_groups},
    {"winograd", &PlanOptions::winograd},
    {"share_rows", &PlanOptions::share_rows},
    {"stripes", &PlanOptions::stripes},
};

}  // namespace inloop::nn
