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

// Sample adaptive offset (8.7.3) by the parameters in picture.sao. It works in place but always reads the
// samples from before SAO.
class SaoFilter final : public LoopStage {
 public:
  // `buffers` is memory to work in; its planes are allocated again where their size differs.
  SaoFilter(const KernelTable& kernels, Picture& picture, SaoBuffers& buffers);
  ~SaoFilter() override;

  // Each sample needs a row of its component above and below, which is two luma rows for chroma.
  Reach reach() const override { return {2, 2, 8}; }
  Status run(int y, int end_y) override;

 private:
  class Component;
  std::unique_ptr<Component> components_[3];
  int ctb_size_;
};

}  // namespace inloop::hevc
