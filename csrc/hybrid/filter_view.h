// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>

#include "hevc/picture/picture.h"
#include "nnlf/contract/coded_picture.h"

namespace inloop::hybrid {

// Shows a codec picture to the filter. The codec has no map of prediction types in the filter's form, so that
// map is filled row by row.
class FilterView {
 public:
  // `deblocked` holds the deblocked rows. Both arguments must outlive the view.
  FilterView(const hevc::Picture& picture, const hevc::Frame& deblocked);
  FilterView(const FilterView&) = delete;
  FilterView& operator=(const FilterView&) = delete;

  const nnlf::CodedPicture& get() const { return view_; }

  // Extends the map of prediction types to the luma rows before end_y, which the codec must have decoded.
  void fill(int end_y);

 private:
  const hevc::Picture& picture_;
  hevc::Grid<uint8_t> pred_type_;
  size_t filled_ = 0;  // number of cells filled
  nnlf::CodedPicture view_;
};

}  // namespace inloop::hybrid
