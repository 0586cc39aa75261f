// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/encoder/wavefront.h"

#include <algorithm>
#include <cstddef>
#include <exception>
#include <mutex>
#include <utility>
#include <vector>

#include "base/hand_over.h"
#include "base/row_progress.h"

namespace inloop::hevc {
namespace {

constexpr int kDistance = 2;  // blocks by which a row stays behind the row above

int helpers(const ThreadPool* pool) { return pool ? std::min(pool->helpers(), pool->spare()) : 0; }

// What the threads share. A thread of the pool that starts after the end finds no row, and does not touch the work, which
// may be gone.
class Wavefront : public std::enable_shared_from_this<Wavefront> {
 public:
  Wavefront(WavefrontWork& work, int rows, int columns, ThreadPool* pool)
      : work_(work),
        rows_(rows),
        columns_(columns),
        most_workers_(std::min({helpers(pool) + 1, rows, (columns + 1) / kDistance})),
        pool_(pool),
        progress_(static_cast<size_t>(rows)),
        idle_(pool),
        done_(static_cast<size_t>(rows)),
        failed_row_(rows) {}

  Status run() {
    take_rows();
    idle_.sleep();
    if (thrown_) std::rethrow_exception(thrown_);
    return std::move(status_);
  }

 private:
  void take_rows() {
    std::unique_lock lock(mutex_);
    if (!has_row()) return;
    ++workers_;
    std::unique_ptr<WavefrontWork::Worker> worker;
    while (has_row()) do_row(lock, worker);
    lock.unlock();
    worker = nullptr;
    lock.lock();
    if (--workers_ == 0) idle_.wake();
  }

  bool has_row() const { return failed_row_ == rows_ && !thrown_ && next_ < rows_; }

  void do_row(std::unique_lock<std::mutex>& lock, std::unique_ptr<WavefrontWork::Worker>& worker) {
    const int row = next_++;
    lock.unlock();
    at_hand_over();
    Status result;
    std::exception_ptr exception;
    try {
      if (!worker) worker = work_.make_worker();
      result = do_blocks(*worker, row);
    } catch (...) {  // An exception must not end the thread.
      exception = std::current_exception();
    }
    const bool good = result.ok() && !exception;
    if (!good) progress(row).fail();
    at_hand_over();
    lock.lock();
    note_failure(row, std::move(result), std::move(exception));
    if (!good) return;
    done_[static_cast<size_t>(row)] = true;
    end_rows(lock);
  }

  Status do_blocks(WavefrontWork::Worker& worker, int row) {
    const int head = std::min(kDistance, columns_);
    for (int column = 0; column < columns_; ++column) {
      if (row > 0 && !progress(row - 1).wait(std::min(column + kDistance, columns_), pool_))
        return Status::config("the row above was not coded");
      if (column == 0) INLOOP_RETURN_IF_ERROR(worker.begin_row(row));
      INLOOP_RETURN_IF_ERROR(worker.run(column, row));
      progress(row).publish(column + 1);
      if (column + 1 == head && most_workers_ > 1) call_helper(row);
    }
    return {};
  }

  // Calls a thread for the next row, which can begin now. It calls the one after that.
  void call_helper(int row) {
    {
      const std::lock_guard lock(mutex_);
      if (!has_row() || next_ != row + 1 || is_calling_ || workers_ == most_workers_) return;
      is_calling_ = true;
    }
    pool_->submit_last([self = shared_from_this()] {
      {
        const std::lock_guard lock(self->mutex_);
        self->is_calling_ = false;
      }
      self->take_rows();
    });
  }

  // Passes rows on that are done, unless another thread is doing so, which will then see them.
  void end_rows(std::unique_lock<std::mutex>& lock) {
    if (is_ending_rows_) return;
    is_ending_rows_ = true;
    while (ended_ < failed_row_ && !thrown_ && done_[static_cast<size_t>(ended_)]) {
      lock.unlock();
      Status result;
      std::exception_ptr exception;
      try {
        at_hand_over();
        result = work_.end_row(ended_);
      } catch (...) {
        exception = std::current_exception();
      }
      lock.lock();
      note_failure(ended_++, std::move(result), std::move(exception));
    }
    is_ending_rows_ = false;
  }

  // Records the error of a row, if there is one. That of the highest row counts, whatever thread meets one first.
  void note_failure(int row, Status result, std::exception_ptr exception) {
    if (exception) thrown_ = std::move(exception);
    if (result.ok() || row >= failed_row_) return;
    failed_row_ = row;
    status_ = std::move(result);
  }

  RowProgress& progress(int row) { return progress_[static_cast<size_t>(row)]; }

  WavefrontWork& work_;
  const int rows_, columns_, most_workers_;
  ThreadPool* const pool_;
  std::vector<RowProgress> progress_;  // how many blocks of each row are done

  Sleeper idle_;  // of the calling thread, until no other one works

  std::mutex mutex_;
  std::vector<bool> done_;
  int next_ = 0;             // rows before this one were begun
  int ended_ = 0;            // number of rows that were passed on
  int workers_ = 0;          // threads at work
  bool is_calling_ = false;  // for a thread that has not started yet
  bool is_ending_rows_ = false;
  int failed_row_;  // the highest one, or the number of rows
  Status status_;
  std::exception_ptr thrown_;
};

}  // namespace

Status run_wavefront(WavefrontWork& work, int rows, int columns, ThreadPool* pool) {
  if (rows <= 0) return {};
  return std::make_shared<Wavefront>(work, rows, columns, pool)->run();
}

}  // namespace inloop::hevc
