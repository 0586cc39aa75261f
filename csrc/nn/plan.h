// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/aligned_buffer.h"
#include "base/isa.h"
#include "nn/kernels/table.h"
#include "nn/model.h"

namespace inloop::nn {

struct FusedLayer;

// Switches of the passes. Results never depend on them; tests prove it and benchmarks measure what each is
// worth.
struct PlanOptions {
  bool fuse = true;             // bias, addition and activation into the convolution before them
  bool fold_bias = true;        // bias into the start of the sum where bounds prove it equal
  bool concat_in_place = true;  // operands are produced where the concatenation wants them
};
struct PassSwitch {
  const char* name;
  bool PlanOptions::* flag;
};
inline constexpr PassSwitch kPassSwitches[] = {
    {"fuse", &PlanOptions::fuse},
    {"fold_bias", &PlanOptions::fold_bias},
    {"concat_in_place", &PlanOptions::concat_in_place},
};

// Rows of one or more values that share memory. Only the last `rows` rows exist at a time: row y lives in
// slot y % rows. The columns left and right of a row are zeros, and so is every row outside of the buffer.
struct Buffer {
  int height = 0, width = 0;
  int pitch = 0;  // elements from pixel to pixel
  int pad_left = 0, pad_right = 0;
  int rows = 0;
  size_t offset = 0;  // of slot 0 in the arena, in elements
  ptrdiff_t row_elements() const { return ptrdiff_t{pitch} * (pad_left + width + pad_right); }
};

// A value as a part of a buffer: a slice shifts the origin inwards, a pad outwards.
struct View {
  int buffer = -1;
  int channel = 0, channels = 0;
  int y = 0, x = 0;
  int height = 0, width = 0;
};

// Which rows of an operand a row of the result reads.
struct RowMap {
  int multiply = 1, divide = 1, before = 0, extent = 1;
  int first(int row) const { return row / divide * multiply - before; }
  int last(int row) const { return first(row) + extent - 1; }
};

enum class StepKind : uint8_t { import, convolution, depthwise, rows, output };

struct Operand {
  View view;
  RowMap map;
  std::vector<int> producers;  // steps
};

// Weights in the layout of the level's kernels and the epilogue's constants, padded to whole blocks.
struct PackedConv {
  AlignedBuffer<int16_t> weights, bias, slope_low, slope_units;
  AlignedBuffer<int32_t> start;
  Epilogue epilogue;
  AlignedBuffer<float> weights_f32, bias_f32, slope_f32;
  EpilogueF32 epilogue_f32;
  int channels = 0;  // rounded up to 16
  int run_count = 0;
  int run_pairs = 0;   // int16
  int run_length = 0;  // float32
  int chunk = 0;
  bool merged_columns = false;  // the taps of a kernel row are one run
};

struct Step {
  StepKind kind = StepKind::rows;
  int layer = -1;     // of the graph
  int external = -1;  // import, output: index of the tensor
  std::vector<Operand> operands = {};
  View out = {};
  View raw = {};              // convolutions: result before the activation, if anybody reads it
  bool has_residual = false;  // operands[1]
  int shift = 0;              // rows, when it stands for a concatenation's operand
  PackedConv packed = {};
  int64_t macs = 0;
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
  std::vector<Event> schedule;
  AlignedBuffer<uint8_t> arena;
  size_t zero_row = 0;  // offset in the arena, in elements
  size_t max_taps = 0;
  IsaLevel isa = IsaLevel::scalar;

  size_t element_bytes() const {
    return graph.type == ElementType::float32 ? sizeof(float) : sizeof(int16_t);
  }
};

// Plans `model` for inputs of height x width.
Status make_plan(const Model& model, int height, int width, IsaLevel isa, const PlanOptions& options,
                 Plan& plan);

// Parts of make_plan(), each in the file of its name.
Status lay_out(Plan& plan, const Bounds& bounds,
               const PlanOptions& options);  // layout.cpp: steps, views, buffers
Status schedule_rows(Plan& plan);            // schedule.cpp: events, ring sizes
Status pack_convolution(const Plan& plan, const FusedLayer& fused, const Bounds& bounds,
                        const PlanOptions& options, bool depthwise, Step& step);  // pack.cpp
Status pack_convolution_f32(const Plan& plan, const FusedLayer& fused, bool depthwise,
                            Step& step);  // pack_f32.cpp

}  // namespace inloop::nn
