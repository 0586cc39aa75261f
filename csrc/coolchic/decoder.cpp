// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "coolchic/decoder.h"

#include <algorithm>
#include <new>
#include <string>
#include <utility>

namespace inloop::coolchic {
namespace {

// Pictures that wait for a thread. With fewer, threads would sometimes have to wait for the calling one.
constexpr size_t kMostQueued = 4;

}  // namespace

// A picture in work.
struct Decoder::Job {
  size_t place;  // in coding order
  References references;
  std::shared_ptr<DecodedPicture> out;
  std::shared_ptr<PictureDecoder> decoder;
};

Decoder::Decoder(Stream stream, Isa isa, int threads)
    : stream_(std::move(stream)),
      last_uses_(last_uses(stream_.plan)),
      isa_(isa),
      most_in_work_(static_cast<size_t>(threads) + kMostQueued),
      pictures_(stream_.plan.size()),
      idle_pictures_(most_in_work_ + 2),
      idle_decoders_(most_in_work_) {
  if (threads > 1) pool_ = std::make_unique<ThreadPool>(threads, threads);
  if (pool_ && pool_->size() == 0) pool_.reset();  // without threads the caller's thread does the work
}

Status Decoder::next(std::shared_ptr<const DecodedPicture>& picture) {
  picture = nullptr;
  if (shown_ == stream_.plan.size()) return {};
  std::erase_if(in_work_, [](const auto& picture) { return picture->finished(); });
  while (submitted_ < stream_.plan.size() && (!pictures_[shown_] || may_work_ahead())) {
    wait_for_room();
    submit();
  }
  INLOOP_RETURN_IF_ERROR(pictures_[shown_]->wait(nullptr));
  picture = pictures_[shown_++];
  drop_unneeded();
  return {};
}

bool Decoder::may_work_ahead() const {
  const size_t most_unshown = most_in_work_ + static_cast<size_t>(stream_.sequence.p_period);
  return pool_ && in_work_.size() < most_in_work_ && submitted_ - shown_ < most_unshown;
}

// Waits until fewer pictures are in work than the limit.
void Decoder::wait_for_room() {
  while (in_work_.size() >= most_in_work_) {
    // The oldest picture does not wait for any of the others.
    (void)in_work_.front()->wait(nullptr);
    in_work_.erase(in_work_.begin());
  }
}

void Decoder::submit() {
  const size_t place = submitted_;
  const PlannedPicture& planned = stream_.plan[place];
  const std::shared_ptr<DecodedPicture> out = idle_pictures_.borrow();
  ++submitted_;
  out->reset(stream_.sequence);
  pictures_[static_cast<size_t>(planned.display_index)] = out;
  References references;
  for (size_t r = 0; r < static_cast<size_t>(planned.type); ++r) {
    references.pictures[r] = pictures_[static_cast<size_t>(planned.references[r])];
  }
  drop_unneeded();
  try {
    if (place < stream_.pictures.size())
      return start(std::make_shared<Job>(Job{place, std::move(references), out, idle_decoder()}));
    out->finish(stream_.status);
  } catch (const std::bad_alloc&) {
    out->finish(no_memory());
  }
}

std::shared_ptr<PictureDecoder> Decoder::idle_decoder() {
  std::unique_ptr<PictureDecoder> idle = idle_decoders_.take([](const PictureDecoder&) { return true; });
  return idle_decoders_.lend(idle ? std::move(idle) : std::make_unique<PictureDecoder>(isa_));
}

void Decoder::start(const std::shared_ptr<Job>& job) {
  const PictureHeader& picture = stream_.pictures[job->place];
  PictureLatents& latents = job->decoder->latents();
  latents.start(stream_, picture);
  const bool apart = pool_ && !picture.grids.front().empty();
  if (apart) pool_->submit([job] { job->decoder->latents().decode_finest(); });
  job->decoder->start(stream_, picture);
  job->out->allocate();
  const auto decode_rest = [this, job, apart] {
    if (!apart) job->decoder->latents().decode_finest();
    decode(*job);
  };
  if (!pool_) return decode_rest();
  in_work_.push_back(job->out);
  pool_->submit(decode_rest);
}

// Releases pictures that were shown and that no later picture refers to.
void Decoder::drop_unneeded() {
  for (size_t place = 0; place < submitted_; ++place) {
    const auto display = static_cast<size_t>(stream_.plan[place].display_index);
    if (display < shown_ && static_cast<size_t>(last_uses_[place]) < submitted_) pictures_[display] = nullptr;
  }
}

// Decodes what decode_finest() leaves, and ends the picture.
void Decoder::decode(const Job& job) {
  Status rest;
  try {
    rest = decode_all_but_finest(job);
  } catch (const std::bad_alloc&) {
    rest = no_memory();
  }
  Status status;
  try {
    status = joined(job, std::move(rest));
  } catch (const std::bad_alloc&) {
    status = no_memory();
  }
  job.out->finish(std::move(status));
}

// Waits for all that the picture needs; returns what ends it.
Status Decoder::joined(const Job& job, Status rest) {
  // Of several errors, the one that is told does not depend on the order of the threads' work.
  Status status = job.decoder->latents().wait_for_finest(pool_.get());
  if (status.ok()) status = std::move(rest);
  if (!status.ok() && status.message() != no_memory().message()) {
    const std::string where = "Cool-chic picture " + std::to_string(job.place) + " in coding order: ";
    status = {status.code(), where + status.message()};
  }
  for (const auto& reference : job.references.pictures) {
    if (status.ok() && reference) status = reference->wait(pool_.get());
  }
  return status;
}

// Returns no error where a reference has failed.
Status Decoder::decode_all_but_finest(const Job& job) {
  PictureDecoder& decoder = *job.decoder;
  INLOOP_RETURN_IF_ERROR(decoder.latents().decode_others(pool_.get()));
  (void)decoder.reconstruct(stream_, stream_.pictures[job.place], job.references, pool_.get(), *job.out);
  return {};
}

}  // namespace inloop::coolchic
