// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/aligned_buffer.h"
#include "base/isa.h"
#include "nn/cpu/kernels/table.h"
#include "nn/graph/model.h"

namespace inloop::nn {

struct FusedLayer;

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
  // Where the plan finds the level's kernels. Whoever counts their calls gives tables of his own.
  const KernelTable& (*kernels)(IsaLevel) = &nn::kernels;
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

// From a row's first event in the schedule to its last one.
struct Lifetime {
  int begin = 0, end = 0;
};

// Rows of one or more values that share memory. Only the last `rows` rows exist at a time: row y lives in
// slot y % rows; every row outside of the buffer is a row of zeros. Of a row, only the columns that one
// stripe computes or reads exist: in stripe s slot column 0 is column origin[s]. Columns outside 0 .. width -
// 1 are zeros.
struct Buffer {
  int height = 0, width = 0;
  int pitch = 0;                 // elements from pixel to pixel
  std::vector<int> origin = {};  // per stripe
  int columns = 0;               // of a slot
  int rows = 0;
  size_t offset = 0;                     // of slot 0 in the arena, in elements
  std::vector<size_t> row_offsets = {};  // of every row's slot
  std::vector<Lifetime> lifetimes =
      {};           // of the rows of a ring of one, in order; empty where it may not be shared
  int shares = -1;  // the earlier buffer whose place it has
  ptrdiff_t row_elements() const { return ptrdiff_t{pitch} * columns; }
};

// A value as a part of a buffer: a slice shifts the origin inwards, a pad outwards.
struct View {
  int buffer = -1;
  int channel = 0, channels = 0;
  int y = 0, x = 0;
  int height = 0, width = 0;
};

// Which rows of an operand a row of the result reads; columns alike.
struct RowMap {
  int multiply = 1, divide = 1, before = 0, extent = 1;
  int first(int row) const { return row / divide * multiply - before; }
  int last(int row) const { return first(row) + extent - 1; }
};

enum class StepKind : uint8_t { import, convolution, depthwise, rows, output };

struct Operand {
  View view;
  RowMap map, columns;
  std::vector<int> producers;  // steps
};

// Weights in the layout of the level's kernels and the epilogue's constants, padded to whole blocks.
struct PackedConv {
  AlignedBuffer<int16_t> weights, bias, slope_low, slope_units;
  AlignedBuffer<int32_t> start;
  Epilogue epilogue;
  AlignedBuffer<float> weights_f32, bias_f32, slope_f32;
  EpilogueF32 epilogue_f32;
  int channels = 0;    // rounded up to whole groups
  int run_pairs = 0;   // int16
  int run_length = 0;  // float32
  int chunk = 0;
  bool merged_columns = false;  // the taps of a kernel row are one run
};

// What a step does in one stripe. Columns from `first` up to `begin` were computed in stripes before and are
// still read: they are kept between the stripes.
struct StripeColumns {
  int begin = 0, end = 0;
  int first_out = 0, first_raw = 0;
  bool read = false;  // in this stripe
  bool idle() const { return begin == end && first_out == begin && first_raw == begin && !read; }
};

struct Step {
  StepKind kind = StepKind::rows;
  int layer = -1;                      // of the graph
  int external = -1;                   // import, output: index of the tensor
  std::vector<Operand> operands = {};  // of a convolution: its input, then what its epilogue adds
  int channel_begin = 0;               // convolutions: the first of the layer's channels that it makes
  View out = {};
  View raw = {};  // convolutions: result before the activation, if anybody reads it
  int shift = 0;  // rows, when it stands for a concatenation's operand
  PackedConv packed = {};
  std::vector<uint64_t> planes =
      {};  // what constant_planes() found for its input's last channels, last first
  int64_t macs = 0;
  std::vector<StripeColumns> stripes = {};
  ptrdiff_t kept_out = 0, kept_raw = 0;  // elements of each row that later stripes read again, at most
};

// One row of a step's result.
struct Event {
  int step = 0, row = 0;
};

// Everything that running a graph at one size needs; only the arena's content changes while it runs.
struct Plan {
  Graph graph;  // after the passes
  std::vector<Shape> shapes;
  std::vector<Buffer> buffers;
  std::vector<Step> steps;
  std::vector<Event> schedule;  // of every stripe
  int stripe_count = 1;
  bool uniform_inputs = true;
  AlignedBuffer<uint8_t> arena;
  size_t zero_row = 0;  // offset in the arena, in elements
  size_t kept = 0;      // the same of what rows keep for the next stripe, in the order of the schedule
  const KernelTable* kernels = nullptr;  // chosen once: switches may change while a plan is made

  size_t element_bytes() const {
    return graph.type == ElementType::float32 ? sizeof(float) : sizeof(int16_t);
  }
};

// Plans `model` for inputs of height x width.
Status make_plan(const Model& model, int height, int width, IsaLevel isa, const PlanOptions& options,
                 Plan& plan);

// Parts of make_plan(), each in the file of its name.
Status lay_out(Plan& plan, const Bounds& bounds,
               const PlanOptions& options);                  // layout.cpp: steps, views, buffers
void schedule_rows(Plan& plan);                              // schedule.cpp: events, rows of the rings
void share_rows(Plan& plan);                                 // share_rows.cpp: offsets of single rows
Status cut_stripes(Plan& plan, const PlanOptions& options);  // stripes.cpp: columns, arena
Status pack_convolution(const Plan& plan, const FusedLayer& fused, const Bounds& bounds,
                        const PlanOptions& options, bool depthwise, Step& step);  // pack.cpp
Status pack_convolution_f32(const Plan& plan, const FusedLayer& fused, bool depthwise,
                            Step& step);  // pack_f32.cpp

}  // namespace inloop::nn
