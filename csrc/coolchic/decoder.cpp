// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "coolchic/decoder.h"

#include <algorithm>
#include <new>
#include <string>
#include <utility>

namespace inloop::coolchic {
namespace {

constexpr int kRowsAhead = 32;

}  // namespace

Decoder::Decoder(Stream stream, Isa isa, int threads)
    : stream_(std::move(stream)),
      last_uses_(last_uses(stream_.plan)),
      isa_(isa),
      most_in_work_(static_cast<size_t>(threads) + 2),
      pictures_(stream_.plan.size()),
      decoders_(2 * static_cast<size_t>(threads)) {
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
  INLOOP_RETURN_IF_ERROR(pictures_[shown_]->wait());
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
    (void)in_work_.front()->wait();
    in_work_.erase(in_work_.begin());
  }
}

void Decoder::submit() {
  const size_t place = submitted_++;
  const PlannedPicture& planned = stream_.plan[place];
  const auto out = std::make_shared<DecodedPicture>(stream_.sequence);
  pictures_[static_cast<size_t>(planned.display_index)] = out;
  References references;
  for (size_t r = 0; r < static_cast<size_t>(planned.type); ++r) {
    references.pictures[r] = pictures_[static_cast<size_t>(planned.references[r])];
  }
  drop_unneeded();
  if (!pool_) return decode(place, references, *out);
  in_work_.push_back(out);
  pool_->submit([this, place, references, out] { decode(place, references, *out); });
}

// Releases pictures that were shown and that no later picture refers to.
void Decoder::drop_unneeded() {
  for (size_t place = 0; place < submitted_; ++place) {
    const auto display = static_cast<size_t>(stream_.plan[place].display_index);
    if (display < shown_ && static_cast<size_t>(last_uses_[place]) < submitted_) pictures_[display] = nullptr;
  }
}

void Decoder::decode(size_t place, const References& references, DecodedPicture& out) {
  Status status;
  try {
    status = decode_picture(place, references, out);
  } catch (const std::bad_alloc&) {
    status = Status::unsupported("not enough memory for this picture");
  }
  out.finish(std::move(status));
}

Status Decoder::decode_picture(size_t place, const References& references, DecodedPicture& out) {
  if (place >= stream_.pictures.size()) return stream_.status;
  const PictureHeader& picture = stream_.pictures[place];
  std::unique_ptr<PictureDecoder> idle = decoders_.take([](const PictureDecoder&) { return true; });
  const auto decoder = decoders_.lend(idle ? std::move(idle) : std::make_unique<PictureDecoder>(isa_));
  const Status status = decoder->decode_latents(stream_, picture);
  if (!status.ok()) {
    return {status.code(),
            "Cool-chic picture " + std::to_string(place) + " in coding order: " + status.message()};
  }
  const auto await = [this](const DecodedPicture& reference, int rows) {
    if (!pool_ || reference.has_rows(rows)) return reference.wait_for_rows(rows);
    // A thread that has to wait waits for some more rows, otherwise it would soon have to wait again.
    const int more = std::min(rows + kRowsAhead, reference.plane_height(0));
    pool_->blocking([&] { (void)reference.wait_for_rows(more); });
    return reference.wait_for_rows(rows);
  };
  return decoder->reconstruct(stream_, picture, references, await, out);
}

}  // namespace inloop::coolchic
