// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/graph/op_table.h"

#include <iterator>

namespace inloop::nn {
namespace {

using F = Field;
using C = ConstantRule;
using Q = QuantizerRule;

// The operations in the order of their numbers, from 1. Reading, writing and checking a layer all follow this
// table.
constexpr OpInfo kOps[] = {
    {Op::conv, "conv", 1, 1, Q::free, C::weights, {F::channels, F::groups, F::window, F::constant}},
    {Op::bias_add, "bias_add", 1, 1, Q::of_constant, C::one_or_per_channel, {F::constant}},
    {Op::prelu, "prelu", 1, 1, Q::lowest, C::one_or_per_channel, {F::constant}},
    {Op::relu, "relu", 1, 1},
    {Op::add, "add", 2, 2},
    {Op::concat, "concat", 1, 255},
    {Op::slice, "slice", 1, 1, Q::lowest, C::none, {F::channel_begin, F::channels, F::sides}},
    {Op::mul, "mul", 2, 2, Q::free},
    {Op::mul_constant, "mul_constant", 1, 1, Q::free, C::one_or_per_channel, {F::constant}},
    {Op::clip, "clip", 1, 1, Q::lowest, C::limits, {F::constant}},
    {Op::pad, "pad", 1, 1, Q::lowest, C::none, {F::sides}},
    {Op::maximum, "maximum", 2, 2, Q::highest},
    {Op::minimum, "minimum", 2, 2, Q::highest},
    {Op::max_pool, "max_pool", 1, 1, Q::lowest, C::none, {F::window}},
    {Op::depth_to_space, "depth_to_space", 1, 1, Q::lowest, C::none, {F::block, F::column_row_depth}},
    {Op::space_to_depth, "space_to_depth", 1, 1, Q::lowest, C::none, {F::block}},
    {Op::sub, "sub", 2, 2},
    {Op::average_pool, "average_pool", 1, 1, Q::lowest, C::none, {F::window, F::count_padding}},
    {Op::reduce_mean, "reduce_mean", 1, 1, Q::lowest, C::none, {F::axes}},
    {Op::resize, "resize", 1, 1, Q::lowest, C::none, {F::resampling}},
    {Op::grid_sample, "grid_sample", 2, 2, Q::lowest, C::none, {F::grid}, TypeRule::floats},
    {Op::function, "function", 1, 1, Q::lowest, C::none, {F::function}, TypeRule::floats},
    {Op::table, "table", 1, 1, Q::free, C::knots, {F::table_shift, F::constant}, TypeRule::integers},
    {Op::compare, "compare", 2, 2, Q::zero, C::none, {F::comparison}},
    {Op::select, "select", 3, 3, Q::lower_choice},
    {Op::expand, "expand", 2, 2, Q::first, C::none, {F::channels}},
    {Op::tile, "tile", 1, 1, Q::lowest, C::none, {F::repetitions}},
    {Op::rearrange, "rearrange", 1, 1, Q::lowest, C::none, {F::rearrangement}},
    {Op::constant, "constant", 0, 0, Q::of_constant, C::extent, {F::size, F::channels, F::constant}},
    {Op::pad_border, "pad_border", 1, 1, Q::lowest, C::of_border, {F::border, F::sides, F::constant}},
    {Op::resize_to, "resize_to", 2, 2, Q::first, C::none, {F::resampling}},
    {Op::crop_to, "crop_to", 2, 2, Q::first, C::none, {F::axes}},
    {Op::pad_multiple, "pad_multiple", 1, 1, Q::lowest, C::of_border, {F::border, F::size, F::constant}},
    {Op::flip, "flip", 1, 1, Q::lowest, C::none, {F::axes}},
    {Op::join, "join", 2, 3, Q::lowest, C::none, {F::axes}},
};

constexpr bool in_order() {
  for (size_t i = 0; i < std::size(kOps); ++i)
    if (static_cast<size_t>(kOps[i].op) != i + 1) return false;
  return true;
}
static_assert(in_order());

}  // namespace

const OpInfo* op_info(Op op) {
  const auto number = static_cast<size_t>(op);
  return number >= 1 && number <= std::size(kOps) ? &kOps[number - 1] : nullptr;
}

}  // namespace inloop::nn
