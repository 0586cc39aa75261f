// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "nn/cpu/plan/packing.h"
#include "nn/cpu/plan/plan.h"
#include "nn/cpu/plan/row_map.h"
#include "nn/passes/constant_planes.h"
#include "nn/passes/fuse.h"

namespace inloop::nn {
namespace {

class Layout {
 public:
  Layout(Plan& plan, const Bounds& bounds, const PlanOptions& options)
      : plan_(plan),
        graph_(plan.graph),
        bounds_(bounds),
        options_(options),
        views_(static_cast<size_t>(graph_.value_count())),
        producers_(static_cast<size_t>(graph_.value_count())),
        readers_(static_cast<size_t>(graph_.value_count())),
        groups_(fuse_epilogues(graph_, options.fuse)),
        planes_(graph_) {}

  Status run() {
    if (options_.concat_in_place) place_concats();
    for (size_t i = 0; i < graph_.inputs.size(); ++i) import(static_cast<int>(i));
    // A group stands where its last layer does, so that everything it reads exists.
    std::map<int, const FusedLayer*> by_last;
    for (const FusedLayer& group : groups_)
      by_last[std::max({group.layer, group.bias, group.add, group.activation})] = &group;
    for (const auto& [last, group] : by_last) INLOOP_RETURN_IF_ERROR(add_group(*group));
    for (size_t i = 0; i < graph_.outputs.size(); ++i) add_output(static_cast<int>(i));
    return pack_all();
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

  // ---- concatenations in place

  // An operand can be produced in place if a step of its own stores it. Kernels store whole groups of
  // channels: what lies behind the operand's own must be stored later, row by row. So it is where only the
  // concatenation asks for those rows, since it asks for its operands in order.
  bool can_place(const Layer& concat, size_t operand, int offset) const {
    const int value = concat.inputs[operand], channels = graph_.channels(value);
    if (placed_.count(value) || graph_.quantizer(value) != concat.quantizer) return false;
    if (std::count(concat.inputs.begin(), concat.inputs.end(), value) > 1) return false;
    // An input that convolutions read, too, is better off with pixels side by side.
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

  // Where a step stores a value.
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

  // ---- views

  // Rows and columns outside a view are zeros if they are outside its buffer, too.
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

  // A step that copies a value, shifted right, to `out`.
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

  // ---- steps

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

  bool is_depthwise(const Layer& l) const {
    return l.groups > 1 && l.groups == l.channels && l.groups == graph_.channels(l.inputs[0]);
  }

  Status add_convolution(const FusedLayer& group) {
    const Layer& conv = layer(group.layer);
    const Shape& in = shape(conv.inputs[0]);
    Operand source = operand(conv.inputs[0], row_map(conv, 0, in), column_map(conv, 0, in));
    const Window& w = conv.window;
    const Shape& result = shape(group.out_value);
    const int x_first = -w.left, x_last = (result.width - 1) * w.stride_x - w.left + w.kernel_width - 1;
    const int y_last = (result.height - 1) * w.stride_y - w.top + w.kernel_height - 1;
    if (!zeros_around(source.view, x_first, x_last, -w.top, y_last)) source = own_copy(group.layer, source);
    Step whole{.kind = is_depthwise(conv) ? StepKind::depthwise : StepKind::convolution,
               .layer = group.layer};
    whole.operands = {source};
    if (group.add >= 0) whole.operands.push_back(operand(group.residual));
    whole.macs =
        static_cast<int64_t>(conv.constant.size() + conv.constant_f32.size()) * result.height * result.width;
    whole.out = destination(group.out_value);
    if (group.raw_value >= 0) whole.raw = destination(group.raw_value);
    const int together = groups_together(conv);
    for (int first = 0; first < conv.groups; first += together)
      add_part(group, whole, first, std::min(together, conv.groups - first));
    return {};
  }

  // How many groups one step makes: few, but whole vectors of channels.
  int groups_together(const Layer& conv) const {
    if (!options_.split_groups || is_depthwise(conv)) return conv.groups;
    constexpr int kMaxSteps = 16;
    const int fill = 8 / std::gcd(8, conv.channels / conv.groups);
    return round_up((conv.groups + kMaxSteps - 1) / kMaxSteps, fill);
  }

  // A step for some of the groups of a convolution.
  void add_part(const FusedLayer& group, const Step& whole, int first, int count) {
    const Layer& conv = layer(group.layer);
    const int in = graph_.channels(conv.inputs[0]) / conv.groups, out = conv.channels / conv.groups;
    const auto part_of = [&](View v, int channels) {
      v.channel += first * channels;
      v.channels = count * channels;
      return v;
    };
    Step step{.kind = whole.kind, .layer = whole.layer, .operands = whole.operands};
    step.channel_begin = first * out;
    step.macs = whole.macs * count / conv.groups;
    step.out = part_of(whole.out, out);
    if (group.raw_value >= 0) step.raw = part_of(whole.raw, out);
    step.operands[0].view = part_of(step.operands[0].view, in);
    if (group.add >= 0) step.operands[1].view = part_of(step.operands[1].view, out);
    if (options_.fold_planes && step.kind == StepKind::convolution) step.planes = planes_.trailing(conv);
    const int index = add_step(std::move(step));
    finish_value(group.out_value, whole.out, index);
    if (group.raw_value >= 0) finish_value(group.raw_value, whole.raw, index);
    convolutions_.push_back({index, &group});
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

  Status add_group(const FusedLayer& group) {
    const Layer& l = layer(group.layer);
    const int value = graph_.value_of_layer(static_cast<size_t>(group.layer));
    if (l.op == Op::conv) return add_convolution(group);
    if (l.op == Op::concat) {
      add_concat(group.layer);
      return {};
    }
    if (l.op == Op::slice || l.op == Op::pad) {
      add_view(group.layer, value);
      return {};
    }
    Step step{.kind = StepKind::rows, .layer = group.layer};
    for (size_t i = 0; i < operand_count(l); ++i) {
      const int input = l.inputs[i];
      step.operands.push_back(operand(input, row_map(l, i, shape(input)), column_map(l, i, shape(input))));
    }
    step.out = destination(value);
    const View out = step.out;
    finish_value(value, out, add_step(std::move(step)));
    return {};
  }

  void add_view(int index, int value) {
    const Layer& l = layer(index);
    const int input = l.inputs[0];
    View v = view(input);
    const int sign = l.op == Op::slice ? 1 : -1;
    std::vector<int> producers = producers_[static_cast<size_t>(input)];
    // Padding around a part of a buffer is not zeros in memory: give that part a buffer of its own.
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

  Status pack_all() {
    for (const auto& [index, group] : convolutions_) {
      Step& step = plan_.steps[static_cast<size_t>(index)];
      const bool depthwise = step.kind == StepKind::depthwise;
      INLOOP_RETURN_IF_ERROR(is_float()
                                 ? pack_convolution_f32(plan_, *group, depthwise, step)
                                 : pack_convolution(plan_, *group, bounds_, options_, depthwise, step));
    }
    return {};
  }

  Plan& plan_;
  const Graph& graph_;
  const Bounds& bounds_;
  const PlanOptions& options_;
  std::vector<View> views_;                  // per value
  std::vector<std::vector<int>> producers_;  // per value: the steps that store it
  std::vector<int> readers_;                 // per value: how many layers and outputs read it
  std::vector<FusedLayer> groups_;
  ConstantPlanes planes_;
  std::map<int, std::pair<int, int>> placed_;  // value -> concatenation's value and first channel
  std::vector<std::pair<int, const FusedLayer*>> convolutions_;
};

}  // namespace

Status lay_out(Plan& plan, const Bounds& bounds, const PlanOptions& options) {
  return Layout(plan, bounds, options).run();
}

}  // namespace inloop::nn
