// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nnlf/apply/block_workers.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <limits>
#include <mutex>
#include <utility>

namespace inloop::nnlf {
namespace {

// One call of run(). A helper that starts when all indices are taken touches nothing of the caller's.
struct Job {
  Job(int count_, const std::function<BlockWorkers::Work()>& make_) : count(count_), make(make_) {}

  const int count;
  const std::function<BlockWorkers::Work()>& make;  // used while the caller waits only
  std::atomic<int> next{0};
  std::mutex mutex;
  std::condition_variable done;
  int finished = 0;
  int failed = std::numeric_limits<int>::max();  // lowest index that failed
  Status status;
  std::exception_ptr thrown;  // no memory

  void take_part() {
    BlockWorkers::Work work;
    for (int index; (index = next.fetch_add(1)) < count;) {
      Status result;
      std::exception_ptr exception;
      try {
        if (!work) work = make();
        result = work(index);
      } catch (...) {  // must not end the thread
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
    if (++finished == count) done.notify_all();
  }
};

}  // namespace

Status BlockWorkers::run(int count, const std::function<Work()>& make) {
  const auto job = std::make_shared<Job>(count, make);
  for (int i = 0; i < std::min(helpers_, count - 1); ++i) pool_->submit([job] { job->take_part(); });
  job->take_part();
  std::unique_lock lock(job->mutex);
  job->done.wait(lock, [&job] { return job->finished == job->count; });
  if (job->thrown) std::rethrow_exception(job->thrown);
  return std::move(job->status);
}

}  // namespace inloop::nnlf
