// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>

#include "base/status.h"
#include "base/thread_pool.h"

namespace inloop::hevc {

// Work on a picture, row by row and from left to right in each row, in which every block needs the one to its left and
// the first ones of the row above, down to the next to the right. So rows can be done beside each other, each two blocks
// behind the one above.
class WavefrontWork {
 public:
  // Does rows in one thread, with memory of that thread alone.
  class Worker {
   public:
    virtual ~Worker() = default;
    // Starts a row, of which the first two blocks of the row above (or its only one) are done.
    virtual Status begin_row(int row) = 0;
    // Does a block. In the row above, the block to the right is done, too.
    virtual Status run(int column, int row) = 0;
  };

  virtual ~WavefrontWork() = default;

  // Any thread may call this.
  virtual std::unique_ptr<Worker> make_worker() = 0;

  // Takes note that a row is done. The calls come one at a time, from the top to the bottom, in any thread, while rows
  // further down are in work.
  virtual Status end_row(int row) = 0;
};

// Does all rows in the calling thread, and in threads of `pool` (which may be null) that have nothing else to do. Returns
// the error of the highest row that failed, after which no further rows were begun. Throws what the work threw (out of
// memory). Nobody works any more when it ends.
Status run_wavefront(WavefrontWork& work, int rows, int columns, ThreadPool* pool);

}  // namespace inloop::hevc
