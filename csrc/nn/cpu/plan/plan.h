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

// The time from a row's first event in the schedule to its last one.
struct Lifetime {
  int begin = 0, end = 0;
};

// Rows of one or more values that share memory. Only the last `rows` rows exist at a time: row y is in slot y
// % rows, and every row outside the buffer is a row of zeros. Only those columns of a row exist that the
// current stripe computes or reads: in stripe s, column 0 of a slot is column origin[s]. Columns outside 0 ..
// width - 1 are zeros.
struct Buffer {
  int height = 0, width = 0;
  int pitch = 0;                 // elements from pixel to pixel
  std::vector<int> origin = {};  // per stripe
  int columns = 0;               // columns of a slot
  int rows = 0;
  size_t offset = 0;                     // place of slot 0 in the arena, in elements
  std::vector<size_t> row_offsets = {};  // place of every row's slot
  // The lifetimes of the rows of a ring of one row, in order; empty where it may not be shared.
  std::vector<Lifetime> lifetimes = {};
  int shares = -1;  // the earlier buffer whose place it has, or -1
  ptrdiff_t row_elements() const { return ptrdiff_t{pitch} * columns; }
};

// A value as a part of a buffer; a slice moves the origin inwards, a pad outwards.
struct View {
  int buffer = -1;
  int channel = 0, channels = 0;
  int y = 0, x = 0;
  int height = 0, width = 0;
};

// Says which rows of an operand a row of the result reads; columns work alike.
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

// How the kernel of a convolution steps through its weights and the rows of its input. This depends on where
// the input lies, which may depend on the size.
struct KernelForm {
  int run_pairs = 0;            // for int16
  int run_length = 0;           // for float32
  int chunk = 0;                // pixels that go through all weights before the next ones
  bool merged_columns = false;  // whether the taps of a kernel row form one run
};

// What a step does in one stripe. The columns from `first` to `begin` were computed in earlier stripes and
// are still read, so they are kept from stripe to stripe.
struct StripeColumns {
  int begin = 0, end = 0;
  int first_out = 0, first_raw = 0;
  bool read = false;  // whether it is read in this stripe
  bool idle() const { return begin == end && first_out == begin && first_raw == begin && !read; }
};

struct Step {
  StepKind kind = StepKind::rows;
  int layer = -1;                      // index in the graph
  int external = -1;                   // for import and output: index of the tensor
  std::vector<Operand> operands = {};  // for a convolution: its input, then what its epilogue adds
  int part = -1;                       // for convolutions: index in Topology::parts
  View out = {};
  View raw = {};  // for convolutions: the result before the activation, if it is read
  int shift = 0;  // for rows, where the step stands for an operand of a concatenation
  KernelForm form = {};
  int rows = 1;  // rows of the result that one event computes, as far as they exist
  int64_t macs = 0;
  std::vector<StripeColumns> stripes = {};
  ptrdiff_t kept_out = 0, kept_raw = 0;  // The most elements of a row that later stripes read again.
};

// One row of the result of a step, or several from `row` on.
struct Event {
  int step = 0, row = 0, rows = 1;
};

// How a network of one topology runs at one size: places in memory and the order of work. It does not change
// once it is made, and all threads share it; Weights holds the numbers and Workspace what changes.
struct Plan {
  std::shared_ptr<const Topology> topology;
  std::vector<Shape> shapes;  // per value
  std::vector<Buffer> buffers;
  std::vector<Step> steps;
  std::vector<Event> schedule;   // the same in every stripe
  std::vector<uint32_t> places;  // for the rows of all convolutions, in order (row_places.h)
  int stripe_count = 1;
  bool uniform_inputs = true;
  size_t arena_bytes = 0;  // size of a workspace's arena, which is all zeros before its first run
  size_t zero_row = 0;     // offset of the row of zeros in the arena, in elements
  // Offset of what rows keep for the next stripe, in the order of the schedule, in elements.
  size_t kept = 0;

  const Graph& graph() const { return topology->graph; }
  const Layer& layer(const Step& step) const { return graph().layers[static_cast<size_t>(step.layer)]; }
  size_t element_bytes() const {
    return graph().type == ElementType::float32 ? sizeof(float) : sizeof(int16_t);
  }
};

// Plans a topology for inputs of height x width.
Status make_plan(std::shared_ptr<const Topology> topology, int height, int width, const PlanOptions& options,
                 Plan& plan);

// These are the parts of make_plan(), each in the file named here.
void lay_out(Plan& plan, const PlanOptions& options);        // layout.cpp: steps, views and buffers
void schedule_rows(Plan& plan);                              // schedule.cpp: events and the rows of rings
void share_rows(Plan& plan);                                 // share_rows.cpp: places of rings of one row
Status cut_stripes(Plan& plan, const PlanOptions& options);  // stripes.cpp: columns and arena

}  // namespace inloop::nn
