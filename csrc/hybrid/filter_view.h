// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>

#include "hevc/picture/picture.h"
#include "nnlf/contract/coded_picture.h"

namespace inloop::hybrid {

// The filter's view of a codec picture. Its map of prediction types, which the codec has in another form, is
// filled by rows.
class FilterView {
 public:
  // deblocked: holds the deblocked rows. Both outlive the view.
  FilterView(const hevc::Picture& picture, const hevc::Frame& deblocked);
  FilterView(const FilterView&) = delete;
  FilterView& operator=(const FilterView&) = delete;

  const nnlf::CodedPicture& get() const { return view_; }

  // The codec's luma rows up to end_y (not included) are there.
  void fill(int end_y);

 private:
  const hevc::Picture& picture_;
  hevc::Grid<uint8_t> pred_type_;
  size_t filled_ = 0;  // cells
  nnlf::CodedPicture view_;
};

}  // namespace inloop::hybrid
