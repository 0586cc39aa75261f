// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <functional>
#include <memory>

#include "base/status.h"
#include "base/thread_pool.h"

namespace inloop::nnlf {

// Threads that share the blocks of a picture with whoever calls; several threads may call at a time.
class BlockWorkers {
 public:
  using Work = std::function<Status(int index)>;

  // threads: those that work for one call, the caller's included.
  explicit BlockWorkers(int threads) : helpers_(threads - 1) {
    if (helpers_ > 0) pool_ = std::make_unique<ThreadPool>(helpers_);
  }

  // Calls work(0) to work(count - 1), each once, in any order and thread. `make` is called once in each
  // thread that takes part and gives its `work`, so that this may have memory of its own. Returns the status
  // of the lowest index that failed; indices above it may have been left out.
  Status run(int count, const std::function<Work()>& make);

 private:
  int helpers_;
  std::unique_ptr<ThreadPool> pool_;
};

}  // namespace inloop::nnlf
