// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/cpu/plan/row_places.h"

namespace inloop::nn {

size_t row_place(const Plan& plan, const View& view, int y) {
  const Buffer& buffer = plan.buffers[static_cast<size_t>(view.buffer)];
  const int in_buffer = y + view.y;
  const bool inside = in_buffer >= 0 && in_buffer < buffer.height;
  return inside ? buffer.row_offsets[static_cast<size_t>(in_buffer)] : plan.zero_row;
}

std::vector<uint32_t> row_places(const Plan& plan) {
  std::vector<uint32_t> places;
  const auto append = [&](const View& view, int y) {
    places.push_back(static_cast<uint32_t>(row_place(plan, view, y)));
  };
  for (const Event& event : plan.schedule) {
    const Step& step = plan.steps[static_cast<size_t>(event.step)];
    if (step.part < 0) continue;
    const auto append_rows = [&](const View& view, int first, int count) {
      for (int y = first; y < first + count; ++y) append(view, y);
    };
    const Operand& in = step.operands[0];
    // Only kernels without zeros between their rows of taps take several rows at a time.
    const Taps& taps = plan.topology->parts[static_cast<size_t>(step.part)].taps;
    for (int row = 0; row < taps.rows + event.rows - 1; ++row)
      append(in.view, in.map.first(event.row) + row * taps.step_y);
    append_rows(step.out, event.row, event.rows);
    if (step.raw.buffer >= 0) append_rows(step.raw, event.row, event.rows);
    if (step.operands.size() > 1) append_rows(step.operands[1].view, event.row, event.rows);
  }
  return places;
}

}  // namespace inloop::nn
