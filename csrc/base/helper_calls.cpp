// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "base/helper_calls.h"

#include <new>

namespace inloop {

int call_helpers(ThreadPool& pool, int count, const std::function<void()>& part) {
  for (int called = 0; called < count; ++called) {
    try {
      pool.submit_first(part);
    } catch (const std::bad_alloc&) {
      return called;
    }
  }
  return count;
}

}  // namespace inloop
