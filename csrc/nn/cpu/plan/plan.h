// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "nn/passes/options.h"
#include "nn/passes/topology.h"

namespace inloop::nn {

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

// How a convolution's kernel steps through its weights and its input's rows: what depends on where the input
// lies, which may depend on the size.
struct KernelForm {
  int run_pairs = 0;            // int16
  int run_length = 0;           // float32
  int chunk = 0;                // pixels that go through all weights before the next ones
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
  int part = -1;                       // convolutions: of Topology::parts
  View out = {};
  View raw = {};  // convolutions: result before the activation, if anybody reads it
  int shift = 0;  // rows, when it stands for a concatenation's operand
  KernelForm form = {};
  int64_t macs = 0;
  std::vector<StripeColumns> stripes = {};
  ptrdiff_t kept_out = 0, kept_raw = 0;  // elements of each row that later stripes read again, at most
};

// One row of a step's result.
struct Event {
  int step = 0, row = 0;
};

// How a network of one topology runs at one size: places in memory and the order of work. Immutable once
// made, and shared by all threads; the numbers are in Weights, what changes is in a workspace.
struct Plan {
  std::shared_ptr<const Topology> topology;
  std::vector<Shape> shapes;  // per value
  std::vector<Buffer> buffers;
  std::vector<Step> steps;
  std::vector<Event> schedule;   // of every stripe
  std::vector<uint32_t> places;  // of all convolutions' rows, in order (row_places.h)
  int stripe_count = 1;
  bool uniform_inputs = true;
  size_t arena_bytes = 0;  // what a workspace has, all zeros before its first run
  size_t zero_row = 0;     // offset in the arena, in elements
  size_t kept = 0;         // the same of what rows keep for the next stripe, in the order of the schedule

  const Graph& graph() const { return topology->graph; }
  const Layer& layer(const Step& step) const { return graph().layers[static_cast<size_t>(step.layer)]; }
  size_t element_bytes() const {
    return graph().type == ElementType::float32 ? sizeof(float) : sizeof(int16_t);
  }
};

// Plans a topology for inputs of height x width.
Status make_plan(std::shared_ptr<const Topology> topology, int height, int width, const PlanOptions& options,
                 Plan& plan);

// Parts of make_plan(), each in the file of its name.
void lay_out(Plan& plan, const PlanOptions& options);        // layout.cpp: steps, views, buffers
void schedule_rows(Plan& plan);                              // schedule.cpp: events, rows of the rings
void share_rows(Plan& plan);                                 // share_rows.cpp: offsets of single rows
Status cut_stripes(Plan& plan, const PlanOptions& options);  // stripes.cpp: columns, arena

}  // namespace inloop::nn
