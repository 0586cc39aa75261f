// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>

#include "nn/graph/graph.h"

namespace inloop::nn {

// A field of a layer, with its bytes in the compact form, little-endian.
enum class Field : uint8_t {
  none,
  channels,          // u16, channels of the result
  groups,            // u16
  window,            // u8 kernel height, width, stride y, x, pad top, left, bottom, right
  sides,             // u16 top, left, bottom, right of the window
  channel_begin,     // u16
  block,             // u8
  column_row_depth,  // u8
  count_padding,     // u8
  axes,              // u8: 1 height, 2 width, 4 channels
  resampling,        // u8 interpolation, u8 coordinates, u8 nearest mode, u8 pytorch, u16 numerator and
                     // denominator of the height's scale, of the width's
  grid,              // u8 interpolation, u8 padding, u8 align corners
  function,          // u8 function, 2 x f32 parameters
  table_shift,       // u8
  comparison,        // u8
  border,            // u8
  size,              // u16 height, u16 width of the extent
  repetitions,       // u16 of height, of width, of channels: the extent
  rearrangement,     // u8 axes: {u8 source dimension, u16 size or 0}, then for height, width and channels of
                     // the result: u8 count, u8 axis each
  constant,          // i8 quantizer, u32 count, numbers (i16 or f32)
};

// How many numbers the constant of a layer has.
enum class ConstantRule : uint8_t {
  none,
  one_or_per_channel,
  weights,    // channels x window x channels of the input per group
  limits,     // two: low, high
  knots,      // one for every 1 << table_shift of 65536, and the last one
  extent,     // height x width x channels
  of_border,  // one if the border has a value, else none
};

// Which quantizer the rules give to the result.
enum class QuantizerRule : uint8_t {
  free,         // the stored one
  of_constant,  // that of its constant
  lowest,       // the lowest of its operands
  highest,
  first,         // that of the first operand
  lower_choice,  // the lower one of the second and the third operand
  zero,
};

enum class TypeRule : uint8_t { any, integers, floats };

// Everything that is known of an operation by its number.
struct OpInfo {
  Op op;
  const char* name;
  int min_inputs, max_inputs;
  QuantizerRule quantizer = QuantizerRule::lowest;
  ConstantRule constant = ConstantRule::none;
  std::array<Field, 4> fields = {};  // in the order of the compact form
  TypeRule type = TypeRule::any;

  bool has(Field field) const {
    for (Field own : fields)
      if (own == field) return true;
    return false;
  }
};

// Returns null for a number that no operation has.
const OpInfo* op_info(Op op);

}  // namespace inloop::nn
