// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <functional>

#include "base/thread_pool.h"

namespace inloop {

// Adds up to `count` parts of the running task (ThreadPool::submit_first()), fewer where there is no memory, and returns how
// many: what helpers do is done without them, too.
int call_helpers(ThreadPool& pool, int count, const std::function<void()>& part);

}  // namespace inloop
