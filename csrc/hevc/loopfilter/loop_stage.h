// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "base/status.h"

namespace inloop::hevc {

// What a stage reads of its input to make rows of its output, in luma rows.
struct Reach {
  int above = 0;  // rows above them; a stage that works in place keeps these itself
  int below = 0;  // rows below them: so far the stage stays behind the one before it
  int step =
      1;  // rows are made in multiples of this, counted from the top; the last ones end with the picture
};

// A step of the in-loop filters. Stages work one behind the other on the same picture, mostly in place, each
// from the top to the bottom.
class LoopStage {
 public:
  virtual ~LoopStage() = default;

  virtual Reach reach() const = 0;

  // Makes the next luma rows of the output, y to end_y (not included), and the chroma rows beside them. The
  // input is there down to end_y + below.
  virtual Status run(int y, int end_y) = 0;
};

// In the order in which they work; they belong to somebody else.
using LoopStages = std::vector<LoopStage*>;

}  // namespace inloop::hevc
