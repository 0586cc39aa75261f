// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <map>

#include "nn/cpu/kernels/table.h"
#include "nn/cpu/plan/kernel_form.h"
#include "nn/cpu/plan/plan.h"
#include "nn/cpu/plan/row_map.h"

namespace inloop::nn {
namespace {

class Layout {
 public:
  Layout(Plan& plan, const PlanOptions& options)
      : plan_(plan),
        topology_(*plan.topology),
        graph_(topology_.graph),
        options_(options),
        views_(static_cast<size_t>(graph_.value_count())),
        producers_(static_cast<size_t>(graph_.value_count())),
        readers_(static_cast<size_t>(graph_.value_count())) {}

  void run() {
    if (options_.concat_in_place) place_concats();
    for (size_t i = 0; i < graph_.inputs.size(); ++i) import(static_cast<int>(i));
    for (size_t i = 0; i < topology_.groups.size(); ++i) add_group(static_cast<int>(i));
    for (size_t i = 0; i < graph_.outputs.size(); ++i) add_output(static_cast<int>(i));
    // The form of a kernel depends on where all buffers lie, so it comes last.
    for (Step& step : plan_.steps)
      if (step.kind == StepKind::convolution) step.form = kernel_form(plan_, step);
  }

 private:
  bool is_float() const { return graph_.type == ElementType::float32; }
  const Shape& shape(int value) const { return plan_.shapes[static_cast<size_t>(value)]; }
  View& view(int value) { return views_[static_cast<size_t>(value)]; }
  Buffer& buffer(const View& v) { return plan_.buffers[static_cast<size_t>(v.buffer)]; }
  const Layer& layer(int index) const { return graph_.layers[static_cast<size_t>(index)]; }

  View new_buffer(const Shape& s, int pitch) {
    plan_.buffers.push_back({.height = s.height, .width = s.width, .pitch = pitch});
    return {static_cast<int>(plan_.buffers.size()) - 1, 0, s.channels, 0, 0, s.height, s.width};
  }

  // ---- Concatenations in place.

  // An operand can be produced in place if a step of its own stores it. Kernels store whole groups of
  // channels, so what follows the operand's own channels must be stored later, row by row. That is the case
  // where only the concatenation requests those rows, since it requests its operands in order.
  bool can_place(const Layer& concat, size_t operand, int offset) const {
    const int value = concat.inputs[operand], channels = graph_.channels(value);
    if (placed_.count(value) || graph_.quantizer(value) != concat.quantizer) return false;
    if (std::count(concat.inputs.begin(), concat.inputs.end(), value) > 1) return false;
    // An input that convolutions read as well is better kept with its pixels side by side.
    if (graph_.is_input(value)) return readers_[static_cast<size_t>(value)] == 1;
    const Op op = graph_.layer_of(value).op;
    if (op == Op::slice || op == Op::pad || op == Op::concat) return false;
    const int end = offset + round_up(channels, is_float() ? 16 : 8);
    if (end > round_up(concat.channels, 16)) return false;
    for (int next = offset + channels; next < end && ++operand < concat.inputs.size();) {
      if (readers_[static_cast<size_t>(concat.inputs[operand])] != 1) return false;
      next += graph_.channels(concat.inputs[operand]);
    }
    return true;
  }

  void count_readers() {
    for (const Layer& layer : graph_.layers)
      for (int value : layer.inputs) ++readers_[static_cast<size_t>(value)];
    for (const GraphOutput& output : graph_.outputs) ++readers_[static_cast<size_t>(output.value)];
  }

  void place_concats() {
    count_readers();
    for (size_t i = 0; i < graph_.layers.size(); ++i) {
      const Layer& concat = graph_.layers[i];
      if (concat.op != Op::concat) continue;
      int offset = 0;
      for (size_t operand = 0; operand < concat.inputs.size(); ++operand) {
        if (can_place(concat, operand, offset))
          placed_[concat.inputs[operand]] = {graph_.value_of_layer(i), offset};
        offset += graph_.channels(concat.inputs[operand]);
      }
    }
  }

  // Returns where a step stores a value.
  View destination(int value) {
    const auto found = placed_.find(value);
    if (found == placed_.end()) return new_buffer(shape(value), round_up(shape(value).channels, 16));
    View v = concat_view(found->second.first);
    v.channel += found->second.second;
    v.channels = shape(value).channels;
    return v;
  }

  View concat_view(int value) {
    if (view(value).buffer < 0) view(value) = new_buffer(shape(value), round_up(shape(value).channels, 16));
    return view(value);
  }

  // ---- Views.

  // Rows and columns outside a view are zeros if they are outside its buffer as well.
  bool zeros_around(const View& v, int x_first, int x_last, int y_first, int y_last) {
    const Buffer& b = buffer(v);
    if ((x_first < 0 && v.x > 0) || (x_last >= v.width && v.x + v.width < b.width)) return false;
    return !((y_first < 0 && v.y > 0) || (y_last >= v.height && v.y + v.height < b.height));
  }

  int add_step(Step step) {
    plan_.steps.push_back(std::move(step));
    return static_cast<int>(plan_.steps.size()) - 1;
  }

  Operand operand(int value, const RowMap& map = {}, const RowMap& columns = {}) {
    return {view(value), map, columns, producers_[static_cast<size_t>(value)]};
  }

  void finish_value(int value, const View& v, int step) {
    view(value) = v;
    producers_[static_cast<size_t>(value)].push_back(step);
  }

  // Adds a step that copies a value, shifted right, to `out`.
  int add_move(int layer_index, const Operand& source, const View& out, int shift) {
    Step step{.kind = StepKind::rows, .layer = layer_index};
    step.operands = {{source.view, {}, {}, source.producers}};
    step.out = out;
    step.shift = shift;
    return add_step(std::move(step));
  }

  Operand own_copy(int layer_index, const Operand& source) {
    const View& v = source.view;
    const View out = new_buffer({v.height, v.width, v.channels}, round_up(v.channels, 16));
    return {out, source.map, source.columns, {add_move(layer_index, source, out, 0)}};
  }

  // ---- Steps.

  void import(int index) {
    const Shape& s = shape(index);
    Step step{.kind = StepKind::import, .external = index};
    // Kernels read int16 in pairs.
    step.out = placed_.count(index) ? destination(index)
                                    : new_buffer(s, is_float() ? s.channels : round_up(s.channels, 2));
    const View out = step.out;
    finish_value(index, out, add_step(std::move(step)));
  }

  void add_output(int index) {
    const int value = graph_.outputs[static_cast<size_t>(index)].value;
    Step step{.kind = StepKind::output, .external = index};
    step.operands = {operand(value)};
    step.out = {-1, 0, shape(value).channels, 0, 0, shape(value).height, shape(value).width};
    add_step(std::move(step));
  }

  void add_convolution(int group_index, const FusedLayer& group) {
    const Layer& conv = layer(group.layer);
    const Shape& in = shape(conv.inputs[0]);
    Operand source = operand(conv.inputs[0], row_map(conv, 0, in), column_map(conv, 0, in));
    const Window& w = conv.window;
    const Shape& result = shape(group.out_value);
    const int x_first = -w.left, x_last = (result.width - 1) * w.stride_x - w.left + w.kernel_width - 1;
    const int y_last = (result.height - 1) * w.stride_y - w.top + w.kernel_height - 1;
    if (!zeros_around(source.view, x_first, x_last, -w.top, y_last)) source = own_copy(group.layer, source);
    Step whole{.kind = StepKind::convolution, .layer = group.layer};
    whole.operands = {source};
    if (group.add >= 0) whole.operands.push_back(operand(group.residual));
    whole.macs = int64_t{graph_.channels(conv.inputs[0]) / conv.groups} * result.height *
                 result.width;  // per channel and tap
    whole.out = destination(group.out_value);
    if (group.raw_value >= 0) whole.raw = destination(group.raw_value);
    // A later row of an operand in a concatenation must not be there before the other operands' earlier ones.
    const bool placed = placed_.count(group.out_value) || placed_.count(group.raw_value);
    for (; next_part_ < topology_.parts.size() && topology_.parts[next_part_].group == group_index;
         ++next_part_)
      add_part(group, whole, static_cast<int>(next_part_), !placed);
  }

  // Adds a step for one part of a convolution.
  void add_part(const FusedLayer& group, const Step& whole, int index, bool several_rows) {
    const ConvolutionPart& part = topology_.parts[static_cast<size_t>(index)];
    const auto part_of = [](View v, int begin, int channels) {
      v.channel += begin;
      v.channels = channels;
      return v;
    };
    Step step{.kind = part.depthwise ? StepKind::depthwise : StepKind::convolution,
              .layer = whole.layer,
              .operands = whole.operands,
              .part = index};
    if (part.winograd && several_rows) step.rows = 2;
    step.macs = whole.macs * part.channels * part.taps.count();
    step.out = part_of(whole.out, part.channel_begin, part.channels);
    if (group.raw_value >= 0) step.raw = part_of(whole.raw, part.channel_begin, part.channels);
    step.operands[0].view = part_of(step.operands[0].view, part.in_begin, part.in_channels);
    if (group.add >= 0)
      step.operands[1].view = part_of(step.operands[1].view, part.channel_begin, part.channels);
    const int added = add_step(std::move(step));
    finish_value(group.out_value, whole.out, added);
    if (group.raw_value >= 0) finish_value(group.raw_value, whole.raw, added);
  }

  void add_concat(int index) {
    const Layer& concat = layer(index);
    const int value = graph_.value_of_layer(static_cast<size_t>(index));
    const View whole = concat_view(value);
    int offset = 0;
    for (int input : concat.inputs) {
      View part = whole;
      part.channel += offset;
      part.channels = graph_.channels(input);
      const auto found = placed_.find(input);
      if (found != placed_.end() && found->second.first == value) {
        for (int step : producers_[static_cast<size_t>(input)])
          producers_[static_cast<size_t>(value)].push_back(step);
      } else {
        producers_[static_cast<size_t>(value)].push_back(
            add_move(index, operand(input), part, std::min(graph_.quantizer(input) - concat.quantizer, 15)));
      }
      offset += part.channels;
    }
  }

  void add_group(int index) {
    const FusedLayer& group = topology_.groups[static_cast<size_t>(index)];
    const Layer& l = layer(group.layer);
    const int value = graph_.value_of_layer(static_cast<size_t>(group.layer));
    if (l.op == Op::conv) return add_convolution(index, group);
    if (l.op == Op::concat) return add_concat(group.layer);
    if (l.op == Op::slice || l.op == Op::pad) return add_view(group.layer, value);
    Step step{.kind = StepKind::rows, .layer = group.layer};
    for (size_t i = 0; i < operand_count(l); ++i) {
      const int input = l.inputs[i];
      step.operands.push_back(operand(input, row_map(l, i, shape(input)), column_map(l, i, shape(input))));
    }
    step.out = destination(value);
    const View out = step.out;
    finish_value(value, out, add_step(std::move(step)));
  }

  void add_view(int index, int value) {
    const Layer& l = layer(index);
    const int input = l.inputs[0];
    View v = view(input);
    const int sign = l.op == Op::slice ? 1 : -1;
    std::vector<int> producers = producers_[static_cast<size_t>(input)];
    // Padding around a part of a buffer is not zeros in memory, so that part gets a buffer of its own.
    if (l.op == Op::pad && !zeros_around(v, -l.window.left, v.width - 1 + l.window.right, -l.window.top,
                                         v.height - 1 + l.window.bottom)) {
      const Operand copy = own_copy(index, operand(input));
      v = copy.view;
      producers = copy.producers;
    }
    v.y += sign * l.window.top;
    v.x += sign * l.window.left;
    v.channel += l.channel_begin;
    v.channels = l.channels;
    v.height = shape(value).height;
    v.width = shape(value).width;
    view(value) = v;
    producers_[static_cast<size_t>(value)] = std::move(producers);
  }

  Plan& plan_;
  const Topology& topology_;
  const Graph& graph_;
  const PlanOptions& options_;
  std::vector<View> views_;                    // per value
  std::vector<std::vector<int>> producers_;    // per value: the steps that store it
  std::vector<int> readers_;                   // per value: how many layers and outputs read it
  std::map<int, std::pair<int, int>> placed_;  // value -> the concatenation's value and first channel
  size_t next_part_ = 0;                       // of the topology; parts are in the order of their groups
};

}  // namespace

void lay_out(Plan& plan, const PlanOptions& options) { Layout(plan, options).run(); }

}  // namespace inloop::nn
