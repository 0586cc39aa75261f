// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "nn/graph/graph.h"
#include "nn/graph/op_table.h"

namespace inloop::nn {

template <class Archive, class Rearranging>
void transfer_rearrangement(Archive& archive, Rearranging& r) {
  archive.count(r.axes);
  for (auto& axis : r.axes) {
    archive.u8(axis.source);
    archive.u16(axis.size);
  }
  for (auto& axes : r.target) {
    archive.count(axes);
    for (auto& axis : axes) archive.u8(axis);
  }
}

// Moves one field of a layer (const when it is written) from or to an archive of bytes. No other place says
// where the compact form has what.
template <class Archive, class AnyLayer>
void transfer_field(Archive& archive, Field field, ElementType type, AnyLayer& layer) {
  auto& w = layer.window;
  switch (field) {
    case Field::none:
      return;
    case Field::channels:
      return archive.u16(layer.channels);
    case Field::groups:
      return archive.u16(layer.groups);
    case Field::window:
      for (auto* number : {&w.kernel_height, &w.kernel_width, &w.stride_y, &w.stride_x, &w.top, &w.left,
                           &w.bottom, &w.right})
        archive.u8(*number);
      return;
    case Field::sides:
      for (auto* number : {&w.top, &w.left, &w.bottom, &w.right}) archive.u16(*number);
      return;
    case Field::channel_begin:
      return archive.u16(layer.channel_begin);
    case Field::block:
      return archive.u8(layer.block);
    case Field::column_row_depth:
      return archive.u8(layer.column_row_depth);
    case Field::count_padding:
      return archive.u8(layer.count_padding);
    case Field::axes:
      return archive.u8(layer.axes);
    case Field::resampling:
      archive.u8(layer.resampling.interpolation);
      archive.u8(layer.resampling.coordinates);
      archive.u8(layer.resampling.nearest);
      archive.u8(layer.resampling.pytorch);
      for (auto* scale : {&layer.resampling.y, &layer.resampling.x}) {
        archive.u16(scale->numerator);
        archive.u16(scale->denominator);
      }
      return;
    case Field::grid:
      archive.u8(layer.grid.interpolation);
      archive.u8(layer.grid.padding);
      return archive.u8(layer.grid.align_corners);
    case Field::function:
      archive.u8(layer.function);
      for (auto& parameter : layer.parameters) archive.f32(parameter);
      return;
    case Field::table_shift:
      return archive.u8(layer.table_shift);
    case Field::comparison:
      return archive.u8(layer.comparison);
    case Field::border:
      return archive.u8(layer.border);
    case Field::size:
      archive.u16(layer.extent.height);
      return archive.u16(layer.extent.width);
    case Field::repetitions:
      archive.u16(layer.extent.height);
      archive.u16(layer.extent.width);
      return archive.u16(layer.extent.channels);
    case Field::rearrangement:
      return transfer_rearrangement(archive, layer.rearrangement);
    case Field::constant:
      archive.i8(layer.constant_quantizer);
      return type == ElementType::int16 ? archive.numbers(layer.constant)
                                        : archive.numbers(layer.constant_f32);
  }
}

}  // namespace inloop::nn
