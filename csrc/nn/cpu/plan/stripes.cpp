// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <limits>

#include "base/cpu_cache.h"
#include "nn/cpu/kernels/table.h"
#include "nn/cpu/plan/plan.h"

namespace inloop::nn {
namespace {

constexpr size_t kAlignBytes = 64;
// Elements that kernels may load beyond the end of a row, as they load whole vectors.
constexpr size_t kSlack = 128;
constexpr size_t kMaxBytes = size_t{1} << 31;
constexpr size_t kSmallL2Bytes = size_t{1} << 20;
constexpr int kTile = 24;  // in pixels, a multiple of most kernels' tiles

// The rows of a picture may be too wide for the rows in flight to stay in the cache, so the schedule runs
// once per stripe of columns. In each stripe a step continues where the previous stripe stopped, which is
// further right for a step whose result is read with a window to the right. What a later stripe reads to the
// left of its own columns is kept. Nothing is computed twice, and every pixel sees the same neighbours as in
// a single stripe.
class Stripes {
 public:
  Stripes(Plan& plan, const PlanOptions& options) : plan_(plan), options_(options) {}

  Status run() {
    for (const Step& step : plan_.steps)
      if (step.kind == StepKind::output) widest_ = std::max(widest_, step.out.width);
    plan_.stripe_count = 1;
    cut(widest_);
    if (const int columns = stripe_columns(); columns < widest_) {
      plan_.stripe_count = (widest_ + columns - 1) / columns;
      cut(columns);
    }
    if (options_.share_rows) share_rows(plan_);
    return allocate();
  }

 private:
  static int column_end(const Operand& operand, int end) {
    return operand.columns.last(end - 1) + operand.view.x + 1;
  }
  Step& step(int index) { return plan_.steps[static_cast<size_t>(index)]; }

  // ---- Width of stripes.

  int stripe_columns() const {
    if (!options_.stripes) return widest_;
    for (const Step& step : plan_.steps)
      if (step.layer >= 0 && is_element_op(plan_.layer(step).op))
        return widest_;  // such a step reads and makes whole rows only
    if (options_.stripe_columns > 0) return options_.stripe_columns;
    // Where an L2 cache is small, the L3 cache is near. A row meets its readers long before all other rows have
    // passed by, and the L3 cache takes what is a few times the L2 cache: with rows of 5 times the L2 cache
    // (like VLOP at 1080p) stripes cost 6 %, with 8 times (like LOP) they gain 5 %. Stripes narrower than the
    // budget allows cost more by their number. Behind a large L2 cache the L3 cache is far away, and rows that
    // fill two fifths of the L2 cache, whose rest is for the weights, gain 8 to 15 % for both.
    const size_t l2 = l2_cache_bytes(), rows = ring_elements() * plan_.element_bytes();
    const bool has_large_l2 = l2 > kSmallL2Bytes;
    const size_t budget = has_large_l2 ? l2 * 2 / 5 : l2 * 3 / 2;
    if (rows <= (has_large_l2 ? 1 : 4) * budget) return widest_;
    const auto columns = static_cast<int>(static_cast<size_t>(widest_) * budget / rows);
    const int count = (widest_ + std::max(columns, kTile) - 1) / std::max(columns, kTile);
    return round_up((widest_ + count - 1) / count, kTile);
  }

  size_t ring_elements() const {
    size_t sum = 0;
    for (const Buffer& buffer : plan_.buffers)
      sum += static_cast<size_t>(buffer.row_elements()) * static_cast<size_t>(buffer.rows);
    return sum;
  }

  // ---- Columns of stripes.

  void cut(int columns) {
    const auto count = static_cast<size_t>(plan_.stripe_count);
    for (Step& step : plan_.steps) step.stripes.assign(count, {});
    for (Buffer& buffer : plan_.buffers) buffer.origin.assign(count, std::numeric_limits<int>::max());
    for (size_t s = 0; s < count; ++s) set_ends(s, columns);
    for (size_t s = 0; s < count; ++s) set_firsts(s);
    std::vector<int> slot_ends(plan_.buffers.size());
    for (size_t s = 0; s < count; ++s) measure_slots(s, slot_ends);
  }

  // Goes from the outputs backwards: a step computes the columns that its readers need for theirs.
  void set_ends(size_t s, int columns) {
    for (auto step = plan_.steps.rbegin(); step != plan_.steps.rend(); ++step) {
      StripeColumns& range = step->stripes[s];
      if (step->kind == StepKind::output)
        range.end = static_cast<int>(std::min<int64_t>(
            (static_cast<int64_t>(s) + 1) * columns * step->out.width / widest_, step->out.width));
      if (s + 1 == step->stripes.size() && step->kind == StepKind::output) range.end = step->out.width;
      if (s > 0) range.begin = step->stripes[s - 1].end;
      if (!range.end) continue;
      for (const Operand& operand : step->operands)
        for (int producer : operand.producers) {
          StripeColumns& source = this->step(producer).stripes[s];
          source.end =
              std::max(source.end, std::min(column_end(operand, range.end), this->step(producer).out.width));
        }
    }
  }

  // Finds the leftmost column that a reader still reads, in this stripe or a later one.
  void set_firsts(size_t s) {
    for (Step& step : plan_.steps) {
      StripeColumns& range = step.stripes[s];
      range.first_out = range.first_raw = range.begin;
      if (range.begin >= step.stripes.back().end) continue;
      for (const Operand& operand : step.operands)
        for (int producer : operand.producers) {
          Step& source = this->step(producer);
          source.stripes[s].read |= range.end > range.begin;
          const int first = operand.columns.first(range.begin) + operand.view.x;
          // Producers come before their readers, so their ranges are already set.
          for (auto [view, kept] : {std::pair{&source.out, &source.stripes[s].first_out},
                                    std::pair{&source.raw, &source.stripes[s].first_raw}})
            if (view->buffer == operand.view.buffer) *kept = std::min(*kept, first);
        }
    }
  }

  // Sizes the slots, which hold whatever a stripe reads or computes, including zeros beside the picture.
  void measure_slots(size_t s, std::vector<int>& ends) {
    std::fill(ends.begin(), ends.end(), std::numeric_limits<int>::min());
    const auto cover = [&](int buffer, int first, int end) {
      int& origin = plan_.buffers[static_cast<size_t>(buffer)].origin[s];
      origin = std::min(origin, first);
      ends[static_cast<size_t>(buffer)] = std::max(ends[static_cast<size_t>(buffer)], end);
    };
    for (const Step& step : plan_.steps) {
      const StripeColumns& range = step.stripes[s];
      if (step.out.buffer >= 0) cover(step.out.buffer, range.first_out, range.end);
      if (step.raw.buffer >= 0) cover(step.raw.buffer, range.first_raw, range.end);
      if (range.end > range.begin)
        for (const Operand& operand : step.operands)
          cover(operand.view.buffer, operand.columns.first(range.begin) + operand.view.x,
                column_end(operand, range.end));
    }
    for (size_t i = 0; i < ends.size(); ++i) {
      Buffer& buffer = plan_.buffers[i];
      if (ends[i] < buffer.origin[s]) buffer.origin[s] = ends[i] = 0;  // not used in this stripe
      buffer.columns =
          s == 0 ? ends[i] - buffer.origin[s] : std::max(buffer.columns, ends[i] - buffer.origin[s]);
    }
  }

  // ---- Memory.

  Status allocate() {
    const size_t bytes = plan_.element_bytes(), align = kAlignBytes / bytes;
    size_t offset = 0, widest = 0;
    for (Buffer& buffer : plan_.buffers) {
      const auto row_elements = static_cast<size_t>(buffer.row_elements());
      const bool own = buffer.shares < 0;
      buffer.offset = own ? offset : plan_.buffers[static_cast<size_t>(buffer.shares)].offset;
      buffer.row_offsets.resize(static_cast<size_t>(buffer.height));
      for (size_t y = 0; y < buffer.row_offsets.size(); ++y)
        buffer.row_offsets[y] = buffer.offset + y % static_cast<size_t>(buffer.rows) * row_elements;
      if (own) offset += (row_elements * static_cast<size_t>(buffer.rows) + align - 1) / align * align;
      widest = std::max(widest, row_elements);
      if (offset > kMaxBytes / bytes) return too_large();
    }
    plan_.zero_row = offset;
    offset += (widest + kSlack + align - 1) / align * align;
    for (Step& step : plan_.steps) {
      step.kept_out = kept_elements(step, step.out, &StripeColumns::first_out);
      step.kept_raw = kept_elements(step, step.raw, &StripeColumns::first_raw);
    }
    // Kept elements lie in the order in which they are kept and read again in the next stripe, because the
    // hardware cannot prefetch many short streams.
    plan_.kept = offset;
    for (const Event& event : plan_.schedule) {
      const Step& step = this->step(event.step);
      offset += static_cast<size_t>(event.rows * (step.kept_out + step.kept_raw));
      if (offset > kMaxBytes / bytes) return too_large();
    }
    plan_.arena_bytes = (offset + kSlack) * bytes;
    return {};
  }

  static Status too_large() { return Status::config("the network needs too much memory at this size"); }

  static ptrdiff_t kept_elements(const Step& step, const View& view, int StripeColumns::* first) {
    // Inputs can be read again.
    if (view.buffer < 0 || step.kind == StepKind::import) return 0;
    int columns = 0;
    for (const StripeColumns& range : step.stripes)
      columns = std::max(columns, range.begin - std::max(range.*first, 0));
    return ptrdiff_t{columns} * view.channels;
  }

  Plan& plan_;
  const PlanOptions& options_;
  int widest_ = 0;
};

}  // namespace

Status cut_stripes(Plan& plan, const PlanOptions& options) { return Stripes(plan, options).run(); }

}  // namespace inloop::nn
