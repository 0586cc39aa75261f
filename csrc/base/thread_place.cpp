// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "base/thread_place.h"

#ifdef __linux__
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace inloop {

#ifdef __linux__

// A machine with more cores than the set has room for is left to the system.
ThreadPlace::ThreadPlace()
    : thread_(static_cast<int>(syscall(SYS_gettid))),
      may_move_(sched_getaffinity(0, sizeof(allowed_), &allowed_) == 0) {}

void ThreadPlace::take_over_core() {
  const int core = may_move_ ? sched_getcpu() : -1;
  if (core < 0 || core >= CPU_SETSIZE || !CPU_ISSET(core, &allowed_)) return;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(core, &one);
  is_moved_ = sched_setaffinity(thread_, sizeof(one), &one) == 0;
}

void ThreadPlace::leave_free() {
  if (!is_moved_) return;
  is_moved_ = false;
  may_move_ = sched_setaffinity(0, sizeof(allowed_), &allowed_) == 0;
}

#else

ThreadPlace::ThreadPlace() = default;
void ThreadPlace::take_over_core() {}
void ThreadPlace::leave_free() {}

#endif

}  // namespace inloop
