// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>

#include "hevc/kernels/table.h"
#include "hevc/picture/picture.h"

namespace inloop::hevc {

// Memory that a SaoFilter works in.
struct SaoBuffers {
  Plane<Sample> planes[3];
};

// Sample adaptive offset (8.7.3) from picture.sao, in place and from top to bottom; reads the signal before
// SAO everywhere.
class SaoFilter {
 public:
  // buffers: memory to work in, made anew where the size is another one.
  SaoFilter(const KernelTable& kernels, Picture& picture, SaoBuffers& buffers);
  ~SaoFilter();

  // Filters the next luma rows, up to (not including) end_y: a multiple of 8 or the height. Two more rows
  // below must be deblocked.
  void advance(int end_y);

 private:
  class Component;
  std::unique_ptr<Component> components_[3];
  int ctb_size_;
  int next_y_ = 0;
};

// The whole picture at once.
void apply_sao(const KernelTable& kernels, Picture& picture);

}  // namespace inloop::hevc
