// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#ifdef __linux__
#include <sched.h>
#endif

namespace inloop {

// The core on which a thread goes on after a wait. The system chooses one when the thread is woken: often one on which
// another thread works, and it may take milliseconds until it sees that a second core has nothing to do. Who wakes a
// thread in order to sleep itself knows better: its own core is free at once. Does nothing where the system has no such
// calls, or does not allow them.
class ThreadPlace {
 public:
  // That of the calling thread.
  ThreadPlace();

  // Called by another thread, which is about to sleep, before it wakes this one.
  void take_over_core();
  // Called by the thread itself, when it is awake: from now on the system may move it again.
  void leave_free();

 private:
#ifdef __linux__
  int thread_ = 0;
  cpu_set_t allowed_;
  bool may_move_ = false, is_moved_ = false;
#endif
};

}  // namespace inloop
