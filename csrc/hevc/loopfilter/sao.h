// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>

#include "hevc/kernels/table.h"
#include "hevc/loopfilter/loop_stage.h"
#include "hevc/picture/picture.h"

namespace inloop::hevc {

// Memory that a SaoFilter works in.
struct SaoBuffers {
  Plane<Sample> planes[3];
};

// Sample adaptive offset (8.7.3) from picture.sao, in place; reads the signal before SAO everywhere.
class SaoFilter final : public LoopStage {
 public:
  // buffers: memory to work in, made anew where the size is another one.
  SaoFilter(const KernelTable& kernels, Picture& picture, SaoBuffers& buffers);
  ~SaoFilter() override;

  // A row of chroma, two of luma, around each sample.
  Reach reach() const override { return {2, 2, 8}; }
  Status run(int y, int end_y) override;

 private:
  class Component;
  std::unique_ptr<Component> components_[3];
  int ctb_size_;
};

}  // namespace inloop::hevc
