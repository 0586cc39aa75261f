// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace inloop::nn {

// Switches of the passes. Results never depend on them; tests prove it and benchmarks measure what each is
// worth.
struct PlanOptions {
  bool fuse = true;             // bias, addition and activation into the convolution before them
  bool fold_bias = true;        // bias into the start of the sum where bounds prove it equal
  bool concat_in_place = true;  // operands are produced where the concatenation wants them
  bool merge_heads = true;      // 1x1 convolutions of narrow inputs that meet in a concatenation
  bool strip_channels = true;   // channels that are always zero
  bool uniform_inputs = true;   // planes of a single value are copied once, not row by row
  bool fold_planes = true;      // and their part of the sums of 1x1 convolutions is computed once
  bool split_groups = true;     // grouped convolutions group by group
  bool share_rows = true;       // rows that never exist at the same time in one place
  bool stripes = true;          // wide inputs in stripes of columns whose rows stay in the cache
  int stripe_columns = 0;       // columns of the widest output per stripe; 0: from the size of the cache
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
    {"split_groups", &PlanOptions::split_groups},
    {"share_rows", &PlanOptions::share_rows},
    {"stripes", &PlanOptions::stripes},
};

}  // namespace inloop::nn
