// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <functional>

#include "base/status.h"
#include "base/thread_pool.h"

namespace inloop {

using IndexWork = std::function<Status(int index)>;

// Calls work(0) to work(count - 1), each once, in any order and in several threads: the calling thread takes
// part, and so do threads of the pool (which may be null) that have nothing else to do. `make` is called once
// in each thread that takes part and returns its `work`, which can thus have memory of its own. Returns the
// status of the lowest index that failed; indices above it may not have been called. It may be called in a
// task of the pool and in several threads at a time. It throws what `work` throws (out of memory).
Status run_shared(ThreadPool* pool, int count, const std::function<IndexWork()>& make);

}  // namespace inloop
