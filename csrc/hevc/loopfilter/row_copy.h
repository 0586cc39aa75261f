// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "hevc/loopfilter/loop_stage.h"
#include "hevc/picture/picture.h"

namespace inloop::hevc {

// Copies rows of picture.rec as they pass, for a stage that needs their state at this point, such as before
// deblocking.
class RowCopy final : public LoopStage {
 public:
  // `to` has the size of picture.rec.
  RowCopy(const Picture& picture, Frame& to) : from_(picture.rec), to_(to) {}

  Reach reach() const override { return {0, 0, 2}; }
  Status run(int y, int end_y) override;

 private:
  const Frame& from_;
  Frame& to_;
};

}  // namespace inloop::hevc
