// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>

#include "nn/cpu/plan/plan.h"

namespace inloop::nn {
namespace {

// Produces rows on demand, from the outputs backwards, so that every row is read while it is still in the
// cache and only a few rows of a value exist at a time.
class Scheduler {
 public:
  explicit Scheduler(Plan& plan)
      : plan_(plan),
        produced_(plan.steps.size()),
        last_event_(plan.steps.size(), -1),
        first_write_(plan.buffers.size()),
        last_read_(plan.buffers.size()) {
    for (size_t i = 0; i < plan.buffers.size(); ++i) {
      first_write_[i].assign(static_cast<size_t>(plan.buffers[i].height), -1);
      last_read_[i].assign(static_cast<size_t>(plan.buffers[i].height), -1);
    }
  }

  void run() {
    int rows = 0;
    for (const Step& step : plan_.steps)
      if (step.kind == StepKind::output) rows = std::max(rows, step.out.height);
    for (int row = 0; row < rows; ++row)
      for (size_t i = 0; i < plan_.steps.size(); ++i)
        if (plan_.steps[i].kind == StepKind::output && row < plan_.steps[i].out.height)
          produce(static_cast<int>(i), row);
    mark_whole_operands();
    size_rings();
    note_lifetimes();
  }

 private:
  void produce(int index, int row) {
    while (produced_[static_cast<size_t>(index)] <= row) {
      const int next = produced_[static_cast<size_t>(index)];
      const Step& step = plan_.steps[static_cast<size_t>(index)];
      const int rows = std::min(step.rows, step.out.height - next);
      for (const Operand& operand : step.operands) {
        const int last = operand.map.last(next + rows - 1) + operand.view.y;
        for (int producer : operand.producers) {
          const int wanted = std::min(last, plan_.steps[static_cast<size_t>(producer)].out.height - 1);
          if (wanted >= 0) produce(producer, wanted);
        }
      }
      emit(index, next, rows);
    }
  }

  void emit(int index, int row, int rows) {
    const int event = static_cast<int>(plan_.schedule.size());
    const Step& step = plan_.steps[static_cast<size_t>(index)];
    plan_.schedule.push_back({index, row, rows});
    last_event_[static_cast<size_t>(index)] = event;
    produced_[static_cast<size_t>(index)] = row + rows;
    for (const View* out : {&step.out, &step.raw}) {
      if (out->buffer < 0) continue;
      auto& writes = first_write_[static_cast<size_t>(out->buffer)];
      for (int y = row; y < row + rows; ++y)
        if (int& write = writes[static_cast<size_t>(y)]; write < 0) write = event;
    }
    for (const Operand& operand : step.operands) {
      if (operand.map.multiply == 0) continue;  // handled by mark_whole_operands()
      auto& reads = last_read_[static_cast<size_t>(operand.view.buffer)];
      const int begin = std::max(operand.map.first(row) + operand.view.y, 0);
      const int end =
          std::min(operand.map.last(row + rows - 1) + operand.view.y, static_cast<int>(reads.size()) - 1);
      for (int y = begin; y <= end; ++y) reads[static_cast<size_t>(y)] = event;
    }
  }

  // Every row of a result reads the same rows of such an operand, so the last one counts.
  void mark_whole_operands() {
    for (size_t i = 0; i < plan_.steps.size(); ++i)
      for (const Operand& operand : plan_.steps[i].operands) {
        if (operand.map.multiply != 0) continue;
        auto& reads = last_read_[static_cast<size_t>(operand.view.buffer)];
        const int begin = std::max(operand.map.first(0) + operand.view.y, 0);
        const int end = std::min(operand.map.last(0) + operand.view.y, static_cast<int>(reads.size()) - 1);
        for (int y = begin; y <= end; ++y)
          reads[static_cast<size_t>(y)] = std::max(reads[static_cast<size_t>(y)], last_event_[i]);
      }
  }

  // Finds the fewest rows for which no row is overwritten before its last reader has run.
  void size_rings() {
    for (size_t i = 0; i < plan_.buffers.size(); ++i) {
      const auto& writes = first_write_[i];
      const auto& reads = last_read_[i];
      int rows = 1, oldest = 0;
      for (int row = 0; row < plan_.buffers[i].height && writes[static_cast<size_t>(row)] >= 0; ++row) {
        while (oldest < row && reads[static_cast<size_t>(oldest)] < writes[static_cast<size_t>(row)])
          ++oldest;
        rows = std::max(rows, row - oldest + 1);
      }
      plan_.buffers[i].rows = rows;
    }
  }

  // Records the lifetimes of rings of one row. Inputs are left out, because planes of one value are not
  // copied row by row.
  void note_lifetimes() {
    for (size_t i = 0; i < plan_.buffers.size(); ++i) {
      Buffer& buffer = plan_.buffers[i];
      if (buffer.rows != 1) continue;
      for (int row = 0; row < buffer.height && first_write_[i][static_cast<size_t>(row)] >= 0; ++row) {
        const int begin = first_write_[i][static_cast<size_t>(row)];
        buffer.lifetimes.push_back({begin, std::max(begin, last_read_[i][static_cast<size_t>(row)])});
      }
    }
    for (size_t event = 0; event < plan_.schedule.size(); ++event) {
      const Step& step = plan_.steps[static_cast<size_t>(plan_.schedule[event].step)];
      for (const View* out : {&step.out, &step.raw}) {
        if (out->buffer < 0) continue;
        auto& lifetimes = plan_.buffers[static_cast<size_t>(out->buffer)].lifetimes;
        const auto row = static_cast<size_t>(plan_.schedule[event].row);
        if (step.kind == StepKind::import)
          lifetimes.clear();
        else if (row < lifetimes.size())
          lifetimes[row].end = std::max(lifetimes[row].end, static_cast<int>(event));
      }
    }
  }

  Plan& plan_;
  std::vector<int> produced_;                              // rows so far, per step
  std::vector<int> last_event_;                            // per step
  std::vector<std::vector<int>> first_write_, last_read_;  // events, per buffer and row
};

}  // namespace

void schedule_rows(Plan& plan) { Scheduler(plan).run(); }

}  // namespace inloop::nn
