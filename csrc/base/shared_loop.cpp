// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "base/shared_loop.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <limits>
#include <mutex>
#include <utility>

#include "base/hand_over.h"
#include "base/helper_calls.h"
#include "base/trace.h"

namespace inloop {
namespace {

// One call of run_shared(). A helper that starts when all indices are taken does not touch the caller's data.
struct Job {
  Job(int count_, const std::function<IndexWork()>& make_, ThreadPool* pool)
      : count(count_), make(make_), caller(pool) {}

  const int count;
  const std::function<IndexWork()>& make;  // used only while the caller waits
  std::atomic<int> next{0};
  std::mutex mutex;
  Sleeper caller;  // until all indices are finished
  int finished = 0;
  int failed = std::numeric_limits<int>::max();  // the lowest index that failed
  Status status;
  std::exception_ptr thrown;  // an exception, such as out of memory

  void take_part() {
    IndexWork work;
    for (int index; (index = next.fetch_add(1)) < count;) {
      Status result;
      std::exception_ptr exception;
      try {
        at_hand_over();
        if (!work) work = make();
        const trace::Span span(trace::Part::shared, index);
        result = work(index);
      } catch (...) {  // an exception must not end the thread
        exception = std::current_exception();
      }
      finish(index, std::move(result), std::move(exception));
    }
  }

 private:
  void finish(int index, Status result, std::exception_ptr exception) {
    const std::lock_guard lock(mutex);
    if (exception) thrown = std::move(exception);
    if (!result.ok() && index < failed) {
      failed = index;
      status = std::move(result);
    }
    if (++finished == count) caller.wake();
  }
};

}  // namespace

Status run_shared(ThreadPool* pool, int count, const std::function<IndexWork()>& make) {
  if (count <= 0) return {};
  const auto job = std::make_shared<Job>(count, make, pool);
  const int wanted = pool ? std::min(pool->helpers(), count - 1) : 0;
  if (wanted > 0) call_helpers(*pool, wanted, [job] { job->take_part(); });
  job->take_part();
  // A helper that has not started yet need not be waited for, because all indices are taken by now.
  job->caller.sleep();
  if (job->thrown) std::rethrow_exception(job->thrown);
  return std::move(job->status);
}

}  // namespace inloop
