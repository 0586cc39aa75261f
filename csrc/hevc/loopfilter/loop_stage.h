// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "base/status.h"

namespace inloop::hevc {

// What a stage reads of its input to make rows of its output, in luma rows.
struct Reach {
  int above = 0;  // rows above them; a stage that works in place keeps these itself
  int below = 0;  // rows below them, by which the stage stays behind the previous one
  // Rows are made in multiples of this, counted from the top; only the last ones end with the picture.
  int step = 1;
};

// One step of the in-loop filters. The stages work one behind the other on the same picture, mostly in place,
// each from top to bottom.
class LoopStage {
 public:
  virtual ~LoopStage() = default;

  virtual Reach reach() const = 0;

  // Makes the luma rows y to end_y (not included) of the output, which are the next ones, and the chroma rows
  // that belong to them. The input is available down to end_y + below.
  virtual Status run(int y, int end_y) = 0;
};

// Stages in the order in which they work. The list does not own them.
using LoopStages = std::vector<LoopStage*>;

}  // namespace inloop::hevc
