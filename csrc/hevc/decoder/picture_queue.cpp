// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/decoder/picture_queue.h"

#include <algorithm>
#include <new>
#include <utility>

namespace inloop::hevc {
namespace {

// Pictures in the queue beyond those that may have started, so that threads do not run dry while the caller
// prepares the next picture.
constexpr size_t kPrepared = 2;

// The pictures under way are bounded by the bytes of their samples, so that many threads do not need too much
// memory: about eight pictures of 1920x1080, and never fewer than eight.
constexpr size_t kMostBytes = size_t{48} << 20;
constexpr size_t kFewestBounded = 8;

size_t most_of_size(const Picture& picture) {
  const auto samples = static_cast<size_t>(picture.width()) * static_cast<size_t>(picture.height()) * 3 / 2;
  return std::max(kFewestBounded, kMostBytes / (samples * sizeof(Sample)));
}

}  // namespace

PictureQueue::PictureQueue(ThreadPool* pool, Isa isa, bool keep_going)
    // Which pictures damage reaches would depend on how far others have come, so they are decoded one after the other.
    : isa_(isa), keep_going_(keep_going), pool_(pool && pool->size() > 0 && !keep_going ? pool : nullptr) {
  if (pool_) most_of_any_size_ = pool_->size() + kPrepared;
}

PictureQueue::~PictureQueue() { cancel(); }

void PictureQueue::submit(std::shared_ptr<PictureJob> job, bool pack) {
  most_under_way_ = std::min(most_of_any_size_, most_of_size(*job->picture));
  if (pack && has_bytes(job->picture->sps())) {
    // This happens here because threads have heaps of their own, which give memory back to the system all the time.
    job->packed = memory_.packed.borrow();
    job->packed->fit(job->picture->sps());
  }
  under_way_.push_back(job);
  ++submitted_;
  if (!pool_) return job->run(isa_, nullptr, cancelled_, memory_);
  try {
    pool_->submit([this, job] { job->run(isa_, pool_, cancelled_, memory_); });
  } catch (const std::bad_alloc&) {
    under_way_.pop_back();  // It would be waited for.
    throw;
  }
}

void PictureQueue::show(std::vector<DecodedPicture> pictures) {
  for (DecodedPicture& picture : pictures) shown_.push_back({std::move(picture), submitted_});
  release();
}

void PictureQueue::release() {
  while (!shown_.empty() && shown_.front().needs <= settled_) {
    if (!shown_.front().picture.outcome->lost) output_.push_back(std::move(shown_.front().picture));
    shown_.pop_front();
  }
}

Status PictureQueue::collect(bool wait_for_all) {
  // A full queue gets room for several pictures at once, because the caller's thread takes the core of another one
  // whenever it wakes up.
  const bool is_full = pool_ && under_way_.size() >= most_under_way_;
  const size_t most_left = wait_for_all ? 0 : most_under_way_ - (is_full ? kPrepared : 1);
  while (!under_way_.empty()) {
    if (under_way_.size() > most_left) under_way_.front()->wait();
    if (!under_way_.front()->is_done()) break;
    INLOOP_RETURN_IF_ERROR(collect_first());
  }
  return {};
}

Status PictureQueue::collect_first() {
  const std::shared_ptr<PictureJob> job = std::move(under_way_.front());
  under_way_.pop_front();
  if (job->status().ok()) {
    job->shown_on_failure.clear();
    ++settled_;
    release();
    return {};
  }
  if (keep_going_ && job->status().code() == StatusCode::bitstream && !job->has_thrown()) {
    job->shown_on_failure.clear();
    job->outcome()->lost = true;
    if (++lost_ == 1) first_loss_ = job->status();
    ++settled_;
    release();
    return {};
  }
  cancel();
  job->rethrow();
  for (DecodedPicture& picture : job->shown_on_failure) output_.push_back(std::move(picture));
  return job->status();
}

void PictureQueue::cancel() {
  cancelled_.store(true, std::memory_order_relaxed);
  for (const auto& job : under_way_) job->wait();
  under_way_.clear();
  shown_.clear();
}

}  // namespace inloop::hevc
